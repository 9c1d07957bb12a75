package allocation

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aiqyn"
)

func reference(t testing.TB) string {
	dir := os.Getenv("AIQYN_REFERENCE")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("AIQYN_REFERENCE is not set: the reference data are needed")
		}
		t.Skip("AIQYN_REFERENCE is not set: no reference data to hold the results against")
	}
	return filepath.Join(dir, "allocation")
}

func errorText(err error) string {
	var shown *aiqyn.Error
	if !errors.As(err, &shown) {
		return fmt.Sprint(err)
	}
	s := shown.Key
	for _, k := range []string{"where", "id", "field", "value", "limit"} {
		if v, ok := shown.Args[k]; ok {
			s += fmt.Sprintf(" %s=%v", k, v)
		}
	}
	return s
}

// TestReferenceMatchings: every instance of the literature and of other
// programs, to the last applicant.
func TestReferenceMatchings(t *testing.T) {
	type known struct {
		Instance
		Name    string
		Match   []int32
		Optimal []int32 `json:"applicant_optimal"`
	}
	files, _ := filepath.Glob(filepath.Join(reference(t), "da", "*.json"))
	if len(files) != 10 {
		t.Fatalf("%d files", len(files))
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var list []known
		if json.Unmarshal(data, &list) != nil {
			list = make([]known, 1)
			if err := json.Unmarshal(data, &list[0]); err != nil {
				t.Fatal(err)
			}
		}
		for _, k := range list {
			want := k.Optimal
			if want == nil {
				want = k.Match
			}
			if got, err := k.Instance.Match(); err != nil || !slices.Equal(got, want) || len(want) == 0 {
				t.Errorf("%s %s: %v %v, want %v", filepath.Base(file), k.Name, got, err, want)
			}
		}
	}
}

// TestReferenceCallOrders: as the ministry's own program calls.
func TestReferenceCallOrders(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(reference(t), "callorder", "parcoursup-call-order.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Flags []uint8 `json:"flags_by_rank"`
		A     int     `json:"min_pct_A"`
		B     int     `json:"min_pct_B"`
		Order []int   `json:"call_order"`
	}
	if err := json.Unmarshal(data, &list); err != nil || len(list) != 32 {
		t.Fatal(err, len(list))
	}
	for i, c := range list {
		if got := CallOrder(c.Flags, c.A, c.B); !slices.Equal(got, c.Order) {
			t.Errorf("%d: %v, want %v", i, got, c.Order)
		}
	}
}

// TestCommitment: everybody's line is in the root; a changed, dropped or added
// line has another root, and so have other rules and another seed's round.
func TestCommitment(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 8, 33} {
		r := invented(uint64(n), n, 4, true)
		root := r.Root()
		for _, a := range r.Applicants {
			leaf, ok := r.Commit().Prove(a.ID)
			if !ok || !leaf.Holds(root) {
				t.Fatalf("%d: %s is not in the root", n, a.ID)
			}
			leaf.Line = strings.Replace(leaf.Line, `"tier":`, `"tier":1`, 1)
			if leaf.Holds(root) {
				t.Fatalf("%d: another line is in the root", n)
			}
		}
		if _, ok := r.Commit().Prove("nobody"); ok {
			t.Error("a leaf of nobody")
		}
		for _, c := range []struct {
			what   string
			change func()
		}{
			{"date", func() { r.Applicants[0].Date++ }},
			{"seats", func() { r.Institutions[0].Seats++ }},
			{"rules", func() { r.Rules.OpenFirst = !r.Rules.OpenFirst }},
			{"round", func() { r.Seed.Round++ }},
			{"name", func() { r.Name += "!" }},
			{"drop", func() { r.Applicants = r.Applicants[:n-1] }},
		} {
			before := r.Root()
			if c.change(); r.Root() == before {
				t.Errorf("%s changed, the root did not", c.what)
			}
		}
		now := r.Root()
		if err := r.Check(); err == nil && r.Root() != now {
			t.Error("the root depends on whether the round was checked")
		}
		if r.Seed.Value[0] ^= 1; r.Root() != now {
			t.Error("the root depends on what the seed came to")
		}
	}
}

// TestRoundFile: what is written is read back to the same bytes and the same
// outcome.
func TestRoundFile(t *testing.T) {
	for seed := range uint64(30) {
		r := invented(40_000+seed, 20, 5, seed%2 == 0)
		if err := r.Check(); err != nil {
			t.Fatal(errorText(err))
		}
		data := r.Encode()
		back, err := Read(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s\n%s", errorText(err), data)
		}
		if !bytes.Equal(back.Encode(), data) || back.Root() != r.Root() {
			t.Fatalf("another round came back:\n%s\n%s", data, back.Encode())
		}
		a, b := run(t, r), run(t, back)
		for i := range back.Applicants {
			j := slices.IndexFunc(r.Applicants, func(x Applicant) bool { return x.ID == back.Applicants[i].ID })
			if b[i] != a[j] {
				t.Fatal("another outcome")
			}
		}
	}
}

var smallRound = `{"round":"r","closed":"2026-05-01T00:00:00Z","rules":{"kind":"deferred-acceptance","reserves":[{"category":"orphan","soft":true}]},
"categories":["orphan"],"seed":{"beacon":"practice","round":5,"value":"` + zeros + `","proof":""},
"institutions":[{"id":"kg1","seats":2,"reserves":{"orphan":1}},{"id":"kg2","seats":1}],
"applicants":[{"id":"a","tier":0,"date":3,"in":["orphan"],"list":[0,1]},{"id":"b","tier":1,"date":1,"list":[0],"siblings":[0]},{"id":"c","tier":1,"date":2,"list":[0,1],"holds":1}]}`

var zeros = hex.EncodeToString(make([]byte, 32))

// TestRoundsThatAreNotRun: whatever makes no sense is refused, and named.
func TestRoundsThatAreNotRun(t *testing.T) {
	if _, err := Read(strings.NewReader(smallRound)); err != nil {
		t.Fatal(errorText(err))
	}
	for _, c := range []struct{ old, new, says string }{
		{`"seats":2`, `"seats":-2`, "allocation.bad-value where=kg1 field=seats value=-2"},
		{`"seats":2`, `"seats":2.5`, "allocation.bad-type where=kg1 field=seats"},
		{`"seats":2`, `"seats":"2"`, "allocation.bad-type where=kg1 field=seats"},
		{`"orphan":1`, `"orphan":3`, "allocation.bad-value where=kg1 field=reserves value=3"},
		{`"orphan":1`, `"widow":1`, "allocation.unknown where=kg1 id=widow"},
		{`{"id":"b"`, `{"id":"a"`, "allocation.repeated where=applicants id=a"},
		{`"id":"kg2"`, `"id":"kg1"`, "allocation.repeated where=institutions id=kg1"},
		{`"list":[0],`, `"list":[7],`, "allocation.unknown where=b id=7"},
		{`"list":[0],`, `"list":[-1],`, "allocation.unknown where=b id=-1"},
		{`"list":[0],`, `"list":[0,0],`, "allocation.repeated where=b id=kg1"},
		{`"holds":1`, `"holds":9`, "allocation.unknown where=c id=9"},
		{`"date":1`, `"date":-1`, "allocation.bad-value where=b field=date value=-1"},
		{`"date":1`, `"date":99999999999999999999`, "allocation.bad-type where=b field=date"},
		{`"tier":1`, `"tier":999`, "allocation.bad-value where=b field=tier value=999"},
		{`"in":["orphan"]`, `"in":["widow"]`, "allocation.unknown where=a id=widow"},
		{`"kind":"deferred-acceptance"`, `"kind":"favour"`, "allocation.bad-value where=rules field=kind value=favour"},
		{`"kind":"deferred-acceptance"`, `"kind":"deferred-acceptance","order":["lottery","tier"]`, "allocation.bad-value where=rules field=order value=lottery"},
		{`"kind":"deferred-acceptance"`, `"kind":"serial"`, "allocation.bad-value where=rules field=reserves"},
		{`"round":"r"`, `"round":"r","round":"s"`, "allocation.bad-json"},
		{`"round":"r"`, `"rounds":"r"`, "allocation.unknown-field where=round field=rounds"},
		{`"value":"00`, `"value":"0`, "allocation.bad-type where=round field=value"},
		{`"holds":1}]}`, `"holds":1}]`, "allocation.bad-json"},
		{`"holds":1}]}`, `"holds":1}]}{}`, "allocation.bad-json"},
	} {
		in := strings.Replace(smallRound, c.old, c.new, 1)
		if in == smallRound {
			t.Fatalf("%s: nothing was changed", c.new)
		}
		if _, err := Read(strings.NewReader(in)); !strings.Contains(errorText(err), c.says) {
			t.Errorf("%s: %s, want %s", c.new, errorText(err), c.says)
		}
	}
}

// TestExplain: the reason is the one that parted them.
func TestExplain(t *testing.T) {
	r, err := Read(strings.NewReader(smallRound))
	if err != nil {
		t.Fatal(errorText(err))
	}
	r.Institutions[0].Seats = 1 // the one that is kept for an orphan
	out, err := r.Run()
	if err != nil {
		t.Fatal(errorText(err))
	}
	got, _ := json.Marshal([][]Why{out.Explain(0), out.Explain(1), out.Explain(2)})
	want := `[[{"institution":"kg1","place":1,"of":3,"admitted":true}],` +
		`[{"institution":"kg1","place":2,"of":3,"admitted":false,"by":"tier"}],` +
		`[{"institution":"kg1","place":3,"of":3,"admitted":false,"by":"tier"},{"institution":"kg2","place":1,"of":2,"admitted":true}]]`
	if string(got) != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// TestAuction: the highest pays the second price; equal bids are parted by the
// seed; a bid below the least price or not opened counts for nothing; one that
// is not what was sealed stops the round.
func TestAuction(t *testing.T) {
	lot := func(amounts ...int64) *Round {
		r := &Round{Name: "lot", Closed: "2026-05-01T00:00:00Z", Rules: Rules{Kind: SealedBid}, Seed: Seed{Beacon: "practice"}, Lot: Lot{"99-1", 100}}
		for i, amount := range amounts {
			b := Bid{ID: fmt.Sprint("b", i), Amount: amount, Opened: amount > 0}
			b.Sealed = Seal("lot", b.ID, amount, b.Salt)
			r.Bids = append(r.Bids, b)
		}
		return r
	}
	for _, c := range []struct {
		amounts []int64
		winner  string
		price   int64
	}{{nil, "", 0}, {[]int64{99}, "", 0}, {[]int64{100}, "b0", 100}, {[]int64{500, 300, 400}, "b0", 400}, {[]int64{120, 90, 0}, "b0", 100}} {
		r := lot(c.amounts...)
		sold, err := r.Auction()
		if err != nil || sold.Winner != c.winner || sold.Price != c.price {
			t.Errorf("%v: %+v %v", c.amounts, sold, err)
		}
		back, err := Read(bytes.NewReader(r.Encode()))
		if err != nil || back.Root() != r.Root() {
			t.Errorf("%v: %s", c.amounts, errorText(err))
		}
	}
	winners := map[string]bool{}
	for seed := range byte(20) {
		r := lot(200, 200, 150)
		r.Seed.Value[0] = seed
		sold, err := r.Auction()
		if err != nil || sold.Price != 200 {
			t.Fatal(sold, err)
		}
		winners[sold.Winner] = true
	}
	if len(winners) != 2 {
		t.Errorf("of two equal bids the winner is always %v", winners)
	}
	r := lot(200, 150)
	r.Bids[0].Amount = 151
	if _, err := r.Auction(); !strings.Contains(errorText(err), "allocation.seal id=b0") {
		t.Error(err)
	}
	r = lot(200, 150)
	root := r.Root()
	if r.Bids[1].Opened = false; r.Root() != root {
		t.Error("opening a bid changes what was committed to")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(smallRound))
	f.Add([]byte(`{"round":"l","rules":{"kind":"sealed-bid"},"lot":{"id":"x","reserve_tiyn":5},"bids":[{"id":"a","sealed":"` + zeros + `"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Read(bytes.NewReader(data))
		if err != nil {
			if k := aiqyn.KindOf(err); k != aiqyn.Invalid && k != aiqyn.TooLarge {
				t.Fatal(err)
			}
			return
		}
		again, err := Read(bytes.NewReader(r.Encode()))
		if err != nil || !bytes.Equal(again.Encode(), r.Encode()) {
			t.Fatalf("%s\n%s", errorText(err), r.Encode())
		}
		if r.Rules.Kind != SealedBid {
			if _, err := r.Run(); err != nil {
				t.Fatal(errorText(err))
			}
		}
	})
}
