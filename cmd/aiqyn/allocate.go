package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"aiqyn/allocation"
	"aiqyn/beacon"
)

const allocateUsage = `usage: aiqyn allocate ROUND.json [--explain ID] [--proof ID [--root HEX]] [--beacon FILE] [--json]
       aiqyn allocate --seal ROUND --as ID --tiyn N [--least N] [--salt HEX]

Runs a published round again: who got what, from the rules, the inputs and the
seed in the file and nothing else, the same bytes on every machine. The seed is
checked first: a drand round by its signature, and that it came after the inputs
were closed. Practice seeds protect against nothing, and it says so.

  --explain ID  how the applicant of that name fared at each place, and why
  --proof ID    the applicant's line, and the way from it to the commitment; with
                --root HEX, the root in the log, whether the line was committed to
  --beacon FILE the chain of drand or the two bodies' hash chains that the seed must
                be of, as their operators publish them (see aiqyn serve --help)
  --json        the result file, for sealed bids the outcome
  --seal ROUND  makes the seal of a bid instead: for the round of that name, by the
                bidder whom it calls --as, over --tiyn. Keep the salt that it prints:
                without it the bid cannot be opened. --salt is one of your own.
                --least is the least price of the lot: less is not sealed

It also takes matching instances (capacity, prefs, priority), call orders
(flags_by_rank, min_pct_A, min_pct_B), one or an array of either, and files of
drand beacons, and prints "match", "call_order" or "valid" for each.
`

// roundGC is how much garbage, in percent of what lives, may lie about while a
// round is run: a nation's has hundreds of megabytes that live to the end.
const roundGC = 25

func allocateCommand(c *call) error {
	asJSON := c.flags.Bool("json", false, "print JSON")
	explain := c.flags.String("explain", "", "how the applicant `ID` fared, and why")
	proof := c.flags.String("proof", "", "the line of the applicant `ID` in the commitment")
	root := c.flags.String("root", "", "with --proof: the root in the log, in `HEX`")
	of := c.flags.String("beacon", "", "`FILE` that describes the beacon of the seed")
	bid := c.sealFlags()
	words, err := c.words(0, 1)
	if err != nil {
		return err
	}
	if bid.round != "" {
		return c.seal(bid)
	}
	if len(words) == 0 {
		return c.error("error.command-words", "command", c.name, "n", 0)
	}
	debug.SetGCPercent(roundGC)
	f, err := os.Open(words[0])
	if err != nil {
		return err
	}
	defer f.Close()
	if known, err := c.instances(f); known || err != nil {
		return err
	}
	r, err := allocation.Read(f)
	if err != nil {
		return err
	}
	if err := c.checkSeed(r, *of); err != nil {
		return err
	}
	if r.Rules.Kind == allocation.SealedBid {
		return c.auction(r, *asJSON)
	}
	if *proof != "" {
		return c.proveLine(r, *proof, *root)
	}
	result, err := r.Run()
	if err != nil {
		return err
	}
	if *explain != "" {
		who := slices.IndexFunc(r.Applicants, func(a allocation.Applicant) bool { return a.ID == *explain })
		if who < 0 {
			return c.error("allocation.unknown", "where", "applicants", "id", *explain)
		}
		if turn, _ := result.Turn(who); turn > 0 && !*asJSON {
			c.say("allocation.turn", "turn", turn, "of", len(r.Applicants))
		}
		return c.explainShare(result.Explain(who), *asJSON)
	}
	if *asJSON {
		return result.Write(c.stdout, r.Commit())
	}
	return c.shares(r, result)
}

func (c *call) printJSON(v any) error {
	enc := json.NewEncoder(c.stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// proveLine shows an applicant's line and the way from it to the root of the round; with
// the root that the log has, it says whether they lead there, or fails.
func (c *call) proveLine(r *allocation.Round, id, root string) error {
	leaf, ok := r.Commit().Prove(id)
	if !ok {
		return c.error("allocation.unknown", "where", "applicants", "id", id)
	}
	if root == "" {
		return c.printJSON(leaf)
	}
	said, err := hex.DecodeString(root)
	if err != nil || len(said) != len(tlog.Hash{}) {
		return c.error("allocation.bad-type", "where", "--root", "field", "root")
	}
	if !leaf.Holds(tlog.Hash(said)) {
		return c.error("allocation.other-root", "id", id, "root", root)
	}
	c.say("allocation.proven", "id", id, "line", leaf.Line, "index", leaf.Index, "size", leaf.Size)
	return nil
}

// seedSource is the beacon that a round names, nil for practice: the described one,
// where a file says which, or one that is known by its name.
func (c *call) seedSource(name, file string) (beacon.Source, error) {
	if file != "" {
		source, err := describedBeacon(file)
		if err == nil && source.Name() != name {
			err = c.error("allocation.other-beacon", "named", name, "given", source.Name())
		}
		return source, err
	}
	for _, source := range []beacon.Source{beacon.Quicknet(), beacon.DefaultChain()} {
		if source.Name() == name {
			return source, nil
		}
	}
	if name == "practice" {
		return nil, nil
	}
	return nil, c.error("allocation.which-beacon", "named", name)
}

// checkSeed refuses a seed that its beacon did not publish, or did before the
// inputs were closed.
func (c *call) checkSeed(r *allocation.Round, file string) error {
	source, err := c.seedSource(r.Seed.Beacon, file)
	if err != nil {
		return err
	}
	if source == nil {
		fmt.Fprintln(c.stderr, c.text("allocation.practice"))
		return nil
	}
	closed, err := time.Parse(time.RFC3339, r.Closed)
	if err != nil {
		return c.error("allocation.bad-type", "where", "round", "field", "closed")
	}
	if err := source.Verify(beacon.Round{Number: r.Seed.Round, Value: r.Seed.Value, Proof: r.Seed.Proof}); err != nil {
		return err
	}
	if due := source.Time(r.Seed.Round); !due.After(closed) {
		return c.error("allocation.early-seed", "round", r.Seed.Round, "due", due.UTC().Format(time.RFC3339), "closed", r.Closed)
	}
	return nil
}

func (c *call) auction(r *allocation.Round, asJSON bool) error {
	sold, err := r.Auction()
	if err != nil {
		return err
	}
	if asJSON {
		_, err := c.stdout.Write(sold.Encode())
		return err
	}
	if sold.Winner == "" {
		c.say("allocation.unsold")
		return nil
	}
	c.say("allocation.sold", "id", sold.Winner, "tenge", fmt.Sprintf("%d.%02d", sold.Price/100, sold.Price%100))
	return nil
}

func (c *call) explainShare(list []allocation.Why, asJSON bool) error {
	if asJSON {
		return c.printJSON(list)
	}
	for _, w := range list {
		if w.Admitted {
			c.say("allocation.why.admitted", "id", w.Institution, "place", w.Place, "of", w.Of)
			continue
		}
		key := "allocation.why." + w.By
		if !slices.Contains([]string{allocation.ByHolding, allocation.ByTier, allocation.BySibling, allocation.ByPoints, allocation.ByDate, allocation.ByLottery, "seats", "quota"}, w.By) {
			key = "allocation.why.reserve"
		}
		c.say(key, "id", w.Institution, "place", w.Place, "of", w.Of, "category", w.By)
		if w.Cut != nil {
			c.say("allocation.why.cut", "points", w.Points, "cut", *w.Cut)
		}
	}
	return nil
}

// shares prints how many of each institution's places were given.
func (c *call) shares(r *allocation.Round, result *allocation.Result) error {
	got := make([]int, len(r.Institutions))
	none := 0
	for _, h := range result.Match {
		if h < 0 {
			none++
		} else {
			got[h]++
		}
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, c.text("allocation.columns"))
	for i, h := range r.Institutions {
		fmt.Fprintf(w, "%s\t%d\t%d\n", h.ID, h.Seats, got[i])
	}
	if err := w.Flush(); err != nil {
		return err
	}
	root := r.Root()
	c.say("allocation.summary", "n", len(r.Applicants), "none", none, "inputs", hex.EncodeToString(root[:]))
	return nil
}

// instance is any of the small forms, whatever the case of its keys.
type instance struct {
	Capacity []int
	Prefs    [][]int32
	Priority [][]int32
	Flags    []uint8 `json:"flags_by_rank"`
	MinA     int     `json:"min_pct_A"`
	MinB     int     `json:"min_pct_B"`
	Beacons  []struct {
		Chain, Signature string
		Previous         string `json:"previous_signature"`
		Round            uint64
	}
}

// smallForms is how large a file of instances may be.
const smallForms = 64 << 20

// instances answers the small forms; known is false for a round, which is then
// to be read from its beginning: a nation's is large, and is told by its first
// keys.
func (c *call) instances(f io.ReadSeeker) (known bool, err error) {
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return false, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	if bytes.Contains(head[:n], []byte(`"rules"`)) {
		return false, nil
	}
	data, err := io.ReadAll(io.LimitReader(f, smallForms))
	if err != nil {
		return false, err
	}
	if known, err := c.small(data); known {
		return true, err
	}
	_, err = f.Seek(0, io.SeekStart)
	return false, err
}

// small answers one of the small forms, or an array of them.
func (c *call) small(data []byte) (known bool, err error) {
	array := bytes.HasPrefix(bytes.TrimSpace(data), []byte("["))
	list := make([]instance, 1)
	into := any(&list[0])
	if array {
		into = &list
	}
	if json.Unmarshal(data, into) != nil {
		return false, nil // what is wrong with it is told as of a round
	}
	var out []any
	broken := false
	for _, in := range list {
		switch {
		case in.Beacons != nil:
			for _, b := range in.Beacons {
				ok := validBeacon(b.Chain, b.Round, b.Previous, b.Signature)
				broken = broken || !ok
				out = append(out, map[string]bool{"valid": ok})
			}
			array = true
		case in.Flags != nil:
			out = append(out, map[string]any{"call_order": allocation.CallOrder(in.Flags, in.MinA, in.MinB)})
		case in.Capacity != nil:
			match, err := (&allocation.Instance{Capacity: in.Capacity, Prefs: in.Prefs, Priority: in.Priority}).Match()
			if err != nil {
				return true, err
			}
			out = append(out, map[string]any{"match": match})
		default:
			return false, nil
		}
	}
	if array {
		err = c.printJSON(out)
	} else {
		err = c.printJSON(out[0])
	}
	if err == nil && broken {
		err = errNotHeld
	}
	return true, err
}

func validBeacon(chain string, round uint64, previous, signature string) bool {
	var source beacon.Source
	switch strings.TrimPrefix(chain, "drand-") {
	case "quicknet":
		source, previous = beacon.Quicknet(), ""
	case "default":
		source = beacon.DefaultChain()
	default:
		return false
	}
	proof, err := hex.DecodeString(previous + signature)
	if err != nil {
		return false
	}
	return source.Verify(beacon.Round{Number: round, Value: beacon.ValueOf(proof), Proof: proof}) == nil
}
