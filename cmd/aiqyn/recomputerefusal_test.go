package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/canonical/altered"
	"aiqyn/casework"
	"aiqyn/evidence"
	"aiqyn/grid"
	"aiqyn/ledger"
	"aiqyn/packs"
)

// refusedHere is a refusal for want of power as its log has it: who keeps the log can
// sign anything, also other figures.
type refusedHere struct {
	t        *testing.T
	signer   *ledger.Signer
	data     string // the published folder
	question []byte
	found    []byte
	in, out  []byte // of what is said of points without room
	texts    map[aiqyn.Lang][]byte
}

func newRefusedHere(t *testing.T, signer *ledger.Signer) *refusedHere {
	t.Helper()
	r := &refusedHere{t: t, signer: signer, data: t.TempDir()}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	corpus, err := os.ReadFile("../../grid/testdata/connection-points@2/village-60kw-reserved.json")
	must(err)
	var c struct {
		Input map[string]json.RawMessage `json:"input"`
	}
	must(json.Unmarshal(corpus, &c))
	c.Input["load_w"] = json.RawMessage("190000")
	var costs grid.Costs
	must(json.Unmarshal(c.Input["costs"], &costs))
	costs.Levels = costs.Levels[:1] // at the higher voltage there is room
	c.Input["costs"], err = json.Marshal(costs)
	must(err)
	r.question, err = json.Marshal(c.Input)
	must(err)
	files := map[string][]byte{"costs/" + hashOf(c.Input["costs"]) + ".json": c.Input["costs"], "upgrades/" + hashOf(c.Input["upgrades"]) + ".json": c.Input["upgrades"]}
	for folder, name := range map[string]string{"networks": "village", "streets": "board"} {
		data, err := os.ReadFile(filepath.Join("../../grid/testdata", folder, name+".json"))
		must(err)
		data = bytes.TrimSpace(data)
		files[folder+"/"+hashOf(data)+".json"] = data
	}
	pack, err := json.Marshal(packs.Kazakhstan())
	must(err)
	own, err := ownPack()
	must(err)
	files["packs/"+own.Hash()+".json"] = pack
	must(writeAll(r.data, files))
	published := publishedData{dir: r.data}
	r.found, err = connectionPoints2(r.question, published.snapshot)
	must(err)
	r.in, err = grid.NoRoom1InputOf(r.question, r.found)
	must(err)
	r.out, err = noRoom1(r.in, published.snapshot)
	must(err)
	r.write(r.out)
	return r
}

// write makes the documents by what is said.
func (r *refusedHere) write(out []byte) {
	r.t.Helper()
	own, err := ownPack()
	if err != nil {
		r.t.Fatal(err)
	}
	svc, _ := own.Service("energy.connection")
	says := casework.RefusalSays{Ref: "AQ-7K2M-9F3D", Service: svc, Reason: "no-capacity", Ruling: 2, Now: "2026-12-01"}
	if err := json.Unmarshal(out, &says.NoRoom); err != nil {
		r.t.Fatal(err)
	}
	r.texts = make(map[aiqyn.Lang][]byte)
	for _, l := range aiqyn.Langs {
		if r.texts[l], err = casework.RefusalDocument(1, l, says); err != nil {
			r.t.Fatal(err)
		}
	}
}

// archive signs it all: a ruling that says out, a refusal that names the texts.
func (r *refusedHere) archive(out []byte) []byte {
	r.t.Helper()
	own, err := ownPack()
	if err != nil {
		r.t.Fatal(err)
	}
	privates := []string{
		`{"actor":{},"data":{"answers":{},"pack":"` + own.Hash() + `","ref":"AQ-7K2M-9F3D","service":"energy.connection"}}`,
		"", // what was looked up is closed: it names others, so that the reasons are not tried
		fmt.Sprintf(`{"actor":{},"data":{"computed":[{"in":%s,"name":"points","out":%s,"with":"grid.connection-points@2"},{"in":%s,"name":"no-room","out":%s,"with":"grid.no-room@1"}],"facts":"","grant":false,"now":"2026-12-01","pack":"%s","reasons":[],"step":"conditions"}}`,
			r.question, r.found, r.in, out, own.Hash()),
		fmt.Sprintf(`{"actor":{},"data":{"document":{"en":"%s","form":1,"kk":"%s","ru":"%s"},"reason":"no-capacity","ruling":2,"step":"conditions"}}`,
			hashOf(r.texts[aiqyn.English]), hashOf(r.texts[aiqyn.Kazakh]), hashOf(r.texts[aiqyn.Russian])),
	}
	h := newHistory(r.t, r.signer)
	var entries []ledger.Entry
	for i, private := range privates {
		e := ledger.Entry{Salts: ledger.DeriveSalts([32]byte{byte(i)})}
		e.Fields[ledger.FieldKind] = []string{"filed", "looked-up", "ruled", "refused"}[i]
		e.Fields[ledger.FieldSeq] = fmt.Sprint(i + 1)
		e.Fields[ledger.FieldPrivate] = ledger.PrivateHash([]byte(private))
		entries = append(entries, e)
		h.tree.Append(ledger.LeafHash(e.Commitment()))
	}
	var pieces []evidence.Piece
	for i, e := range entries {
		proof, err := ledger.InclusionProof(int64(i), h.tree.Size(), h.tree)
		if err != nil {
			r.t.Fatal(err)
		}
		var private []byte
		if privates[i] != "" {
			private = []byte(privates[i])
		}
		pieces = append(pieces, evidence.Piece{Entry: int64(i), Event: e.Fields[ledger.FieldKind], Data: ledger.NewReceipt(e, private, int64(i), proof, h.note(r.t)).MarshalCanonical()})
	}
	var texts []evidence.Reading
	for _, l := range aiqyn.Langs {
		if r.texts[l] != nil {
			texts = append(texts, evidence.Reading{Entry: 3, Lang: l, Data: r.texts[l]})
		}
	}
	data, err := evidence.Archive("AQ-7K2M-9F3D", pieces, texts...)
	if err != nil {
		r.t.Fatal(err)
	}
	return data
}

// TestFiguresOfARefusalAreChecked: with nothing but the archive and what is published,
// each figure that a refusal shows is found if it was altered: after it was signed, by
// aiqyn verify; by who signs, by aiqyn recompute. So is each document.
func TestFiguresOfARefusalAreChecked(t *testing.T) {
	dir := t.TempDir()
	keys, err := makeKeys(filepath.Join(dir, "k"), "log.example/refusals")
	if err != nil {
		t.Fatal(err)
	}
	r := newRefusedHere(t, keys.signer)
	sound := r.archive(r.out)
	try := func(name string, archive []byte, verifies, computes bool, want string) {
		t.Helper()
		file := filepath.Join(dir, "case.zip")
		if err := os.WriteFile(file, archive, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			args []string
			ok   bool
		}{{[]string{"verify", file, "--key", filepath.Join(dir, "k", verifierKeyFile)}, verifies}, {[]string{"recompute", file, "--data", r.data}, computes}} {
			var out, errs bytes.Buffer
			code := run(t.Context(), c.args, &out, &errs)
			if (code == held) != c.ok || !c.ok && !strings.Contains(out.String()+errs.String(), want) {
				t.Errorf("%s: %s ends with %d\n%.600s%s", name, c.args[0], code, out.String(), errs.String())
			}
		}
	}
	try("as it is", sound, true, true, "")
	opened, err := evidence.OpenArchive(sound)
	if err != nil {
		t.Fatal(err)
	}
	figures := figuresOf(t, r.out)
	if len(figures) < 40 {
		t.Errorf("only %d figures", len(figures))
	}
	whole := r.data
	r.data = t.TempDir() // without the pack, which is of no use to a figure, and takes its time
	for _, folder := range []string{"costs", "upgrades", "networks", "streets"} {
		if err := os.CopyFS(filepath.Join(r.data, folder), os.DirFS(filepath.Join(whole, folder))); err != nil {
			t.Fatal(err)
		}
	}
	for path, altered := range figures {
		try("signed so: "+path, r.archive(altered), true, false, "grid.no-room@1 was run again; the result differs")
	}
	r.data = whole
	// After it was signed, the same in the proof itself.
	changed := bytes.Replace(opened.Pieces[2].Data, []byte(`"reserved_w":`), []byte(`"reserved_w":1`), 1)
	other := slices.Clone(opened.Pieces)
	other[2].Data = changed
	forged, err := evidence.Archive(opened.Case, other, opened.Documents...)
	if err != nil || bytes.Equal(changed, opened.Pieces[2].Data) {
		t.Fatal(err)
	}
	try("changed in the proof", forged, false, false, "changed")
	for i, d := range opened.Documents {
		texts := slices.Clone(opened.Documents)
		texts[i].Data = bytes.Replace(d.Data, []byte("190"), []byte("191"), 1)
		forged, err := evidence.Archive(opened.Case, opened.Pieces, texts...)
		if err != nil || bytes.Equal(texts[i].Data, d.Data) {
			t.Fatal(err)
		}
		try("another text in "+string(d.Lang), forged, false, true, string(d.Lang)+".html")
		fewer, err := evidence.Archive(opened.Case, opened.Pieces, slices.Delete(slices.Clone(opened.Documents), i, i+1)...)
		if err != nil {
			t.Fatal(err)
		}
		try("no text in "+string(d.Lang), fewer, false, true, string(d.Lang)+".html")
		// Signed with another text, which the archive then has.
		was := r.texts[d.Lang]
		r.texts[d.Lang] = texts[i].Data
		try("signed with another text in "+string(d.Lang), r.archive(r.out), true, false, string(d.Lang))
		r.texts[d.Lang] = was
	}
	// Another question than the search was asked.
	r.in = bytes.Replace(r.in, []byte(`"load_w":190000`), []byte(`"load_w":190001`), 1)
	asked, err := noRoom1(r.in, (&publishedData{dir: r.data}).snapshot)
	if err != nil {
		t.Fatal(err)
	}
	r.write(asked)
	try("of another question", r.archive(asked), true, false, "asked and has answered")
}

// figuresOf is a JSON text with each of its values altered in turn.
func figuresOf(t *testing.T, text []byte) map[string][]byte {
	t.Helper()
	list, err := altered.Values(text)
	if err != nil {
		t.Fatal(err)
	}
	return list
}
