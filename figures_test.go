package aiqyn_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"aiqyn/deadline"
	"aiqyn/ledger"
	"aiqyn/release"
)

// publication is a small log with what it has published, made without the
// engine: 70 days of two services, two releases, an index after each.
type publication struct {
	t        *testing.T
	dir      string
	signer   *ledger.Signer
	tree     *ledger.Tree
	entries  []ledger.Entry
	announce []int64 // entries
	private  map[int64][]byte
	cases    []release.Case
	filed    map[int64]int64 // entries of filings, by those of outcomes
	summary  release.Summary
	previous string
}

func (p *publication) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *publication) write(name string, data []byte) {
	p.t.Helper()
	name = filepath.Join(p.dir, filepath.FromSlash(name))
	p.must(os.MkdirAll(filepath.Dir(name), 0o755))
	p.must(os.WriteFile(name, data, 0o600))
}

func (p *publication) add(e ledger.Entry) int64 {
	n := len(p.entries)
	e.Salts = ledger.DeriveSalts([32]byte{byte(n), byte(n >> 8)})
	p.entries = append(p.entries, e)
	p.tree.Append(ledger.LeafHash(e.Commitment()))
	return int64(n)
}

// decide adds a case: its filing and its outcome.
func (p *publication) decide(service, outcome, reason string, day deadline.Date, took int, where ...string) {
	n := len(p.cases)
	c := release.Case{Person: fmt.Sprint(n), Filer: fmt.Sprint(n), Filed: day.AddDays(-took), Decided: day}
	c.FiledAs[ledger.FieldService], c.FiledAs[ledger.FieldDay], c.FiledAs[ledger.FieldKind] = service, c.Filed.String(), "filed"
	as := &c.DecidedAs
	as[ledger.FieldService], as[ledger.FieldDay], as[ledger.FieldKind], as[ledger.FieldReason] = service, day.String(), outcome, reason
	copy(as[ledger.FieldRegion:ledger.FieldDistrict+1], where)
	filed, decided := ledger.Entry{Fields: c.FiledAs}, ledger.Entry{Fields: c.DecidedAs}
	filed.Fields[ledger.FieldCase], decided.Fields[ledger.FieldCase] = fmt.Sprint("tag", n), fmt.Sprint("tag", n)
	at := p.add(filed)
	c.Index = p.add(decided)
	p.filed[c.Index] = at
	p.cases = append(p.cases, c)
}

// light ends a road, and on one day twelve of them.
func (p *publication) light(day deadline.Date, n int) {
	for range 1 + n/30%2*(n%30/29)*11 {
		p.decide("light", "granted", "", day, n%25, "11", []string{"1110", "1120"}[n%2])
		c := &p.cases[len(p.cases)-1]
		c.Road = &release.Road{Service: "energy", Days: n%25 + n%7*6, Working: n % 25, Waits: release.Waits{Applicant: n % 25, Body: n % 7 * 5, Others: n % 7}}
	}
}

// underway are forty roads that have not ended.
func (p *publication) underway() (list []release.Underway, _ error) {
	for i := range 40 {
		list = append(list, release.Underway{Service: "energy", Person: fmt.Sprint(i), Filer: fmt.Sprint(i), Days: i * 4})
	}
	return list, nil
}

func (p *publication) open(group []*release.Case) ([]release.Whole, error) {
	var list []release.Whole
	for _, c := range group {
		at := p.filed[c.Index]
		list = append(list, release.Whole{Filed: p.entries[at], Decided: p.entries[c.Index], FiledIndex: at, DecidedIndex: c.Index})
	}
	return list, nil
}

// announced writes an entry whose private part names a hash.
func (p *publication) announced(kind, hash string) {
	private := []byte(`{"data":{"hash":"` + hash + `"}}`)
	var e ledger.Entry
	e.Fields[ledger.FieldKind], e.Fields[ledger.FieldPrivate] = kind, ledger.PrivateHash(private)
	at := p.add(e)
	p.announce, p.private[at] = append(p.announce, at), private
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// publish releases everything until a day, and signs the index.
func (p *publication) publish(to deadline.Date) {
	p.t.Helper()
	r, err := release.Build(release.Input{Origin: p.signer.Name(), Before: &p.summary.State, To: to, Size: p.tree.Size(), Cases: p.cases, Open: p.open, Underway: p.underway})
	p.must(err)
	p.must(p.summary.Add(r))
	data, err := r.Encode()
	p.must(err)
	p.write("releases/"+sum(data)+".json", data)
	p.announced("released", sum(data))
	x := release.Index{Origin: p.signer.Name(), Previous: p.previous, Size: p.tree.Size(),
		Files: []release.File{{Path: "releases/" + sum(data) + ".json", Size: int64(len(data)), Hash: sum(data)}}}
	signed, err := note.Sign(&note.Note{Text: x.Text()}, p.signer)
	p.must(err)
	p.previous = sum(signed)
	p.write("indexes/"+p.previous+".txt", signed)
	p.write("index", signed)
	p.announced("indexed", p.previous)
}

// close writes the log's files and the receipts.
func (p *publication) close() {
	p.t.Helper()
	checkpoint, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: p.signer.Name(), Size: p.tree.Size(), Root: p.tree.Root()}, p.signer)
	p.must(err)
	p.write("log/checkpoint", checkpoint)
	for _, tile := range p.tree.Changed() {
		p.write("log/"+ledger.TilePath(tile.Level, tile.Index, len(tile.Data)/32), tile.Data)
	}
	for _, at := range p.announce {
		proof, err := ledger.InclusionProof(at, p.tree.Size(), p.tree)
		p.must(err)
		p.write(fmt.Sprintf("receipts/%d.json", at), ledger.NewReceipt(p.entries[at], p.private[at], at, proof, checkpoint).MarshalCanonical())
	}
}

func publish(t *testing.T, dir, skey string) *publication {
	t.Helper()
	p := &publication{t: t, dir: dir, private: make(map[int64][]byte), filed: make(map[int64]int64)}
	var err error
	p.signer, err = ledger.NewSigner(skey)
	p.must(err)
	p.tree, err = ledger.NewTree(0, nil)
	p.must(err)
	day := deadline.Date{Year: 2026, Month: 1, Day: 1}
	for n := range 70 {
		for range 12 - n%3*2 {
			p.decide("address", "granted", "", day, 0)
		}
		p.decide("energy", "granted", "", day, n%9)
		p.light(day, n)
		if n%3 == 0 {
			p.decide("energy", "refused", "no-right", day, 20)
		}
		if n == 35 || n == 69 {
			p.publish(day)
		}
		day = day.AddDays(1)
	}
	p.close()
	return p
}

// TestTheStrangersFiguresAgree runs docs/figures.py, which shares nothing with
// us but public formats, and compares its figures with those of the public
// page's function; then it alters what was published.
func TestTheStrangersFiguresAgree(t *testing.T) {
	python := python3(t)
	skey, vkey, err := ledger.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{1}, 32)), "log.example/almaty")
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(t.TempDir(), "verifier.key")
	if err := os.WriteFile(key, []byte(vkey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p := publish(t, dir, skey)
	run := func(more ...string) (string, bool) {
		out, err := exec.Command(python, append([]string{"docs/figures.py", dir, key}, more...)...).Output()
		return string(out), err == nil
	}
	figures := p.summary.Figures()
	var want bytes.Buffer
	w := csv.NewWriter(&want)
	for _, row := range figures.Rows() {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	got, ok := run()
	if !ok || got != want.String() || strings.Count(got, "\n") != 5 {
		t.Fatalf("figures.py prints\n%s\nthe page has\n%s", got, want.String())
	}
	var places bytes.Buffer
	w = csv.NewWriter(&places)
	if err := w.WriteAll(figures.PlaceRows()); err != nil {
		t.Fatal(err)
	}
	if got, ok := run("--places"); !ok || got != places.String() || strings.Count(got, "\n") < 3 {
		t.Fatalf("figures.py --places prints\n%s\nthe page has\n%s", got, places.String())
	}
	var roads bytes.Buffer
	w = csv.NewWriter(&roads)
	if err := w.WriteAll(figures.RoadRows()); err != nil {
		t.Fatal(err)
	}
	if got, ok := run("--roads"); !ok || got != roads.String() || strings.Count(got, "\n") < 5 || !strings.Contains(got, ",30,") {
		t.Fatalf("figures.py --roads prints\n%s\nthe page has\n%s", got, roads.String())
	}
	for what, alter := range map[string]struct{ glob, old, with string }{
		"a field of a release":  {"releases/*.json", `"kind":"granted"`, `"kind":"refused"`},
		"a part of roads":       {"releases/*.json", `"roads":[{"cases":1`, `"roads":[{"cases":2`},
		"a count of a release":  {"releases/*.json", `"reason":"no-right"`, `"reason":"no-right2"`},
		"the length in the log": {"log/checkpoint", "\n" + strconv.FormatInt(p.tree.Size(), 10) + "\n", "\n9\n"},
		"a leaf":                {"log/tile/0/000", "\x00", "\x01"},
		"the newest index":      {"index", "size ", "size 1"},
		"an earlier index":      {"indexes/*.txt", "previous none", "previous nono"},
		"what was announced":    {"receipts/*.json", `"hash":"`, `"hash":"0`},
	} {
		names, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(alter.glob)))
		if err != nil {
			t.Fatal(err)
		}
		changed := false
		for _, name := range names {
			was, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			now := bytes.Replace(was, []byte(alter.old), []byte(alter.with), 1)
			if bytes.Equal(was, now) {
				continue
			}
			changed = true
			p.must(os.WriteFile(name, now, 0o600))
			out, ok := run()
			if ok || !strings.Contains(out, "DOES NOT HOLD") {
				t.Errorf("%s was altered: %s", what, out)
			}
			p.must(os.WriteFile(name, was, 0o600))
			break
		}
		if !changed {
			t.Errorf("%s was not altered", what)
		}
	}
}

// TestTheStrangersFormsGoOn: the stranger's script reads releases of every form, and none
// that goes back to one of before, or is of a form that it does not know.
func TestTheStrangersFormsGoOn(t *testing.T) {
	python := python3(t)
	for forms, want := range map[string]bool{"1234": true, "344": true, "4": true, "43": false, "343": false, "5": false} {
		script := `import sys
sys.path.insert(0, "docs"); sys.dont_write_bytecode = True
import figures
days = [dict(format="aiqyn.release/" + n, to=str(i), groups=[], counts=[], closed=0, size=0, **{"from": str(i)}) for i, n in enumerate(sys.argv[1])]
try: figures.figures(days, [])
except figures.Wrong as err: sys.exit(err)`
		out, err := exec.Command(python, "-c", script, forms).CombinedOutput()
		if (err == nil) != want || !want && !strings.Contains(string(out), "form of before") {
			t.Errorf("forms %s: %v, %s", forms, err, out)
		}
	}
}
