package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/evidence"
	"aiqyn/grid"
	"aiqyn/ledger"
	"aiqyn/service"
)

const recomputeUsage = `usage: aiqyn recompute RECEIPT… --data DIR [--json]

Runs rulings and draws again, from the published data in DIR and by the rules of
the version that was in force, and compares every result with what was recorded.
An archive of evidence (ZIP) holds all receipts of a case. What a refusal says to be
read is made again from its ruling, too, and held against the hashes in its entry.

Receipts of one case are read together: the computation of a ruling is run again
from the ruling's own receipt; its reasons need the receipts of the filing, of
the look-ups and of the survey as well, and a draw needs those of the filing and
of the roster. What is missing is said. That the receipts are genuine is for
aiqyn verify.

Exit code 0: every result is the same; 1: one differs, or a receipt was changed;
2: there was nothing to run again.
`

func recomputeCommand(c *call) error {
	dir := c.flags.String("data", "", "`DIR` with the published data")
	asJSON := c.flags.Bool("json", false, "print JSON")
	files, err := c.words(1, -1)
	if err != nil {
		return err
	}
	if err := c.required("data"); err != nil {
		return err
	}
	if info, err := os.Stat(*dir); err != nil || !info.IsDir() {
		return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", *dir).Because(err)
	}
	r := &recomputation{call: c, data: publishedData{dir: *dir}, quiet: *asJSON}
	if err := r.read(files); err != nil {
		return err
	}
	r.gather()
	for _, p := range r.papers {
		r.again(p)
	}
	if r.Checked == 0 && len(r.Problems) == 0 {
		return aiqyn.E(aiqyn.Invalid, "error.recompute-nothing")
	}
	return c.give(r.report, *asJSON)
}

// paper is one receipt, opened.
type paper struct {
	file    string
	kind    casework.EventKind
	index   int64
	tag     string // of the case
	seq     string // within the case
	whole   []byte // the private part as it was sealed; nil: closed
	private struct {
		Actor aiqyn.Actor     `json:"actor"`
		Data  json.RawMessage `json:"data"`
	}
}

// recomputation is what recompute knows while it runs.
type recomputation struct {
	report
	call   *call
	data   publishedData
	quiet  bool
	papers []*paper
	cases  map[string]*caseFile // by tag
	roster map[int64]*rosterData
}

// read opens every receipt. One that was changed is a problem, and left out.
func (r *recomputation) read(files []string) error {
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", file).Because(err)
		}
		r.open(file, data)
	}
	return nil
}

// open opens a receipt, or all those of an archive of evidence.
func (r *recomputation) open(file string, data []byte) {
	if evidence.IsArchive(data) {
		opened, err := evidence.OpenArchive(data)
		if err != nil {
			r.add(file, r.call.why(err))
		}
		for _, piece := range opened.Pieces {
			r.open(file+"/"+piece.Name(), piece.Data)
		}
		return
	}
	p, err := openPaper(file, data)
	if err != nil {
		r.add(file, r.call.why(err))
		return
	}
	r.papers = append(r.papers, p)
}

func openPaper(file string, data []byte) (*paper, error) {
	receipt, err := ledger.ParseReceipt(data)
	if err != nil {
		return nil, err
	}
	proof, err := ledger.ParseProof(receipt.Proof)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.receipt-proof").Because(err)
	}
	p := &paper{
		file: file, kind: casework.EventKind(receipt.Event[ledger.FieldKind]), index: proof.Index,
		tag: receipt.Event[ledger.FieldCase], seq: receipt.Event[ledger.FieldSeq],
	}
	if receipt.Private == nil {
		return p, nil
	}
	p.whole = receipt.Private
	if ledger.PrivateHash(receipt.Private) != receipt.Event[ledger.FieldPrivate] {
		return nil, aiqyn.E(aiqyn.Invalid, "error.receipt-private")
	}
	if err := json.Unmarshal(receipt.Private, &p.private); err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.receipt-private").Because(err)
	}
	return p, nil
}

// again runs what one receipt records, if that is a ruling or a draw.
func (r *recomputation) again(p *paper) {
	if p.private.Data == nil {
		return
	}
	switch p.kind {
	case casework.EventRuled:
		r.Checked++
		r.ruling(p)
	case casework.EventLookedUp:
		r.claim(p)
	case casework.EventRefused:
		r.documents(p)
	case casework.EventDrawn:
		r.draw(p)
	}
}

// note prints what was done, or could not be, without any harm in it.
func (r *recomputation) note(p *paper, key string, args ...any) {
	if !r.quiet {
		fmt.Fprintf(r.call.stdout, "%s: %s\n", p.file, r.call.text(key, args...))
	}
}

// differs notes that a result is not what was recorded.
func (r *recomputation) differs(p *paper, key string, args ...any) {
	r.add(p.file, r.call.text(key, args...))
}

// ruledData is the private part of a ruling, as ledgers have it.
type ruledData struct {
	Computed []computedData `json:"computed"`
	Facts    string         `json:"facts"`
	Grant    bool           `json:"grant"`
	Now      string         `json:"now"`
	Pack     string         `json:"pack"`
	Reasons  []ruledReason  `json:"reasons"`
	Step     aiqyn.StepID   `json:"step"`
}

// computedData is one computation that was recorded.
type computedData struct {
	In   json.RawMessage `json:"in"`
	Name string          `json:"name"`
	Out  json.RawMessage `json:"out"`
	With string          `json:"with"`
}

// ruledReason is one reason to refuse, as it was tried.
type ruledReason struct {
	Name  string `json:"name"`
	Trace string `json:"trace"`
	True  bool   `json:"true"`
}

// ruling runs the computations of a ruling, then its reasons.
func (r *recomputation) ruling(p *paper) {
	var was ruledData
	if err := json.Unmarshal(p.private.Data, &was); err != nil {
		r.add(p.file, err.Error())
		return
	}
	before := len(r.Problems)
	r.computed(p, &was)
	if len(r.Problems) == before {
		r.reasons(p, &was)
	}
}

// claim runs again by what an application has claimed power as it was filed.
func (r *recomputation) claim(p *paper) {
	var was struct {
		Claim []computedData `json:"claim"`
	}
	if err := json.Unmarshal(p.private.Data, &was); err != nil {
		r.add(p.file, err.Error())
	} else if len(was.Claim) > 0 {
		r.Checked++
		r.computed(p, &ruledData{Computed: was.Claim})
	}
}

// computed runs computations again.
func (r *recomputation) computed(p *paper, was *ruledData) {
	for _, c := range was.Computed {
		computation, known := computations[c.With]
		if !known {
			r.differs(p, "recompute.unknown", "computation", c.With)
			continue
		}
		if c.With == grid.NoRoom1 && !was.saysOfSearch(c.In) {
			r.differs(p, "recompute.not-of-search", "what", c.With)
			continue
		}
		if err := r.data.knowsCosts(c.In, c.Out); err != nil {
			r.add(p.file, r.call.why(err))
			continue
		}
		out, err := computation.Run(c.In, r.data.snapshot)
		if err != nil {
			r.add(p.file, r.call.why(err))
			continue
		}
		if !bytes.Equal(out, c.Out) {
			r.differs(p, "recompute.differs", "what", c.With, "where", firstDifference(c.Out, out))
			continue
		}
		r.note(p, "recompute.same", "what", c.With)
	}
}

// publishedData is a folder of public data, each file named by its hash.
type publishedData struct {
	dir      string
	compiled map[string]any // networks and streets
	packs    map[string]*service.Pack
}

// snapshot finds a network, or streets, by its hash, for computations.
func (d *publishedData) snapshot(hash string) (any, error) {
	if m := d.compiled[hash]; m != nil {
		return m, nil
	}
	folder := "networks"
	data, err := d.file(folder, hash)
	if err != nil {
		var none error
		if data, none = d.file("streets", hash); none != nil {
			return nil, err
		}
		folder = "streets"
	}
	m, is, err := grid.CompileSnapshot(data, func(hash string) ([]byte, error) { return d.file("networks", hash) })
	if err != nil {
		return nil, err
	}
	if is != hash {
		return nil, aiqyn.E(aiqyn.Invalid, "error.recompute-data", "file", filepath.Join(folder, hash+".json"))
	}
	if d.compiled == nil {
		d.compiled = make(map[string]any)
	}
	d.compiled[hash] = m
	return m, nil
}

// pack finds a version of the rules by its hash.
func (d *publishedData) pack(hash string) (*service.Pack, error) {
	if p := d.packs[hash]; p != nil {
		return p, nil
	}
	data, err := d.file("packs", hash)
	if err != nil {
		return nil, err
	}
	var files []service.File
	if err := json.Unmarshal(data, &files); err != nil {
		return nil, err
	}
	p, err := parsePack(files)
	if err != nil {
		return nil, err
	}
	if p.Hash() != hash {
		return nil, aiqyn.E(aiqyn.Invalid, "error.recompute-data", "file", filepath.Join("packs", hash+".json"))
	}
	if d.packs == nil {
		d.packs = make(map[string]*service.Pack)
	}
	d.packs[hash] = p
	return p, nil
}

// knowsCosts holds the table of costs that a computation was given against
// those published: nobody may have been quoted prices of their own, nor told that
// there is no point where only some voltages were looked at.
func (d *publishedData) knowsCosts(in, out json.RawMessage) error {
	var with struct {
		Costs    json.RawMessage `json:"costs"`
		Upgrades json.RawMessage `json:"upgrades"`
	}
	if err := json.Unmarshal(in, &with); err != nil || with.Costs == nil {
		return err
	}
	whole, err := d.pricesOf(with.Costs)
	if err == nil && !whole && !casework.FoundPoint(out) {
		err = aiqyn.E(aiqyn.Invalid, "error.recompute-voltages")
	}
	if err != nil || with.Upgrades == nil {
		return err
	}
	if bytes.Equal(with.Upgrades, noUpgrades) {
		return nil
	}
	_, err = d.file("upgrades", hashOf(with.Upgrades))
	return err
}

// pricesOf finds the published table that costs are: whole, or without what is laid
// at the voltages that a load may not ask for.
func (d *publishedData) pricesOf(costs json.RawMessage) (whole bool, err error) {
	_, missing := d.file("costs", hashOf(costs))
	if missing == nil {
		return true, nil
	}
	var some grid.Costs
	if err := json.Unmarshal(costs, &some); err != nil {
		return false, err
	}
	tables, err := os.ReadDir(filepath.Join(d.dir, "costs"))
	if err != nil {
		return false, missing
	}
	for _, table := range tables {
		data, err := d.file("costs", strings.TrimSuffix(table.Name(), ".json"))
		if err != nil {
			return false, err
		}
		var all grid.Costs
		if err := json.Unmarshal(data, &all); err != nil {
			return false, err
		}
		if some.Within(all) {
			return false, nil
		}
	}
	return false, missing
}

// noUpgrades is what a computation is given where nothing is known of what
// reinforcing costs.
var noUpgrades = []byte(`{"conductors":[],"trafos":[]}`)

// file reads a file by the hash in its name.
func (d *publishedData) file(folder, hash string) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(d.dir, folder, filepath.Base(hash)+".json"))
	if err != nil {
		return nil, aiqyn.E(aiqyn.NotFound, "error.recompute-missing", "folder", folder, "hash", hash).Because(err)
	}
	return data, nil
}
