package casework

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/canonical/altered"
	"aiqyn/evidence"
	"aiqyn/grid"
	"aiqyn/ledger"
	kz "aiqyn/packs"
	"aiqyn/store"
)

var replacing = grid.Upgrades{Conductors: []grid.Conductor{}, Trafos: []grid.TrafoSize{{Cost: 810_000_000, R: 12_100, RatedVA: 800_000, X: 53_600}}}

func canReplace(c *Config) { c.Capacity.Upgrades = replacing }

// refusedForPower is a case that was refused since others hold the power.
func (r *rig) refusedForPower() aiqyn.Reference {
	r.t.Helper()
	r.keepPower()
	if r.cfg.Capacity.Upgrades.Trafos != nil {
		data, err := canonical.Encode(replacing)
		if err == nil {
			err = r.db.PutSnapshot(r.t.Context(), store.Snapshot{Hash: hexSum(data), Kind: "upgrades", Data: data, Added: start})
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
	r.measure(r.peaks("M-1", 120))
	r.publishPower()
	r.conditions(holder, plot, 250)
	ref := r.toConditions(holder, "99-999-002-001", 50)
	for range 2 {
		if err := r.refuse(ref); err != nil {
			r.t.Fatal(err)
		}
		r.pass(4 * 24 * time.Hour)
	}
	if v := r.view(ref); v.Outcome != aiqyn.Refused {
		r.t.Fatal(v.Outcome)
	}
	return ref
}

// TestWhatARefusalRestsOnIsGivenWithIt: the applicant's archive holds the figures in the
// ruling's proof and, in three languages, a document that the refusal's entry names.
func TestWhatARefusalRestsOnIsGivenWithIt(t *testing.T) {
	r := newRig(t, canReplace)
	ref := r.refusedForPower()
	data, err := r.Evidence(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, ref)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := evidence.OpenArchive(data)
	if err != nil || len(opened.Documents) != 3 {
		t.Fatalf("%d documents, %v", len(opened.Documents), err)
	}
	figures, named := false, map[aiqyn.Lang]string{}
	for _, p := range opened.Pieces {
		receipt, err := ledger.ParseReceipt(p.Data)
		if err != nil {
			t.Fatal(err)
		}
		figures = figures || p.Event == string(EventRuled) && strings.Contains(string(receipt.Private), `"above":{"load_w":120000,"rated_va":421053,"reserved_w":250000,"trafo":1}`)
		if p.Event == string(EventRefused) {
			named = DocumentsNamed(p.Event, receipt.Private)
		}
	}
	if !figures {
		t.Error("no proof has the transformer above with its load and what is reserved")
	}
	for _, d := range opened.Documents {
		if named[d.Lang] != d.Hash() {
			t.Errorf("%s: the entry names %s", d.Name(), named[d.Lang])
		}
		text := string(d.Data)
		for _, figure := range []string{"421\u00a0053", "120\u00a0000", "250\u00a0000", "50", string(ref)} {
			if !strings.Contains(text, figure) {
				t.Errorf("the document in %s lacks %q:\n%s", d.Lang, figure, text)
			}
		}
	}
	applicant := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	for _, d := range opened.Documents {
		if page, err := r.RefusalPage(t.Context(), applicant, ref, d.Lang); err != nil || !bytes.Equal(page, d.Data) {
			t.Errorf("the page in %s is another than in the archive, %v", d.Lang, err)
		}
	}
	if _, err := r.RefusalPage(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, ref, aiqyn.English); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("a stranger is given the page: %v", err)
	}
	if !r.view(ref).RefusalPage {
		t.Error("the case does not say that there is a page")
	}
	p := r.view(ref).Ruling.Points.Rejected[0]
	if p.Limit == nil || *p.Limit != (LimitView{Most: 421_053, Unit: "VA"}) || p.Reinforce == nil {
		t.Errorf("the page is shown %+v, %+v", p.Limit, p.Reinforce)
	}
	r.wantClean()
}

// TestTheAuditFindsEachFigureOfARefusal: whichever figure, name or word of what a ruling
// says of points without room is another one, and whichever document of the refusal.
func TestTheAuditFindsEachFigureOfARefusal(t *testing.T) {
	r := newRig(t, canReplace)
	ref := r.refusedForPower()
	r.wantClean()
	rec, err := r.caseOf(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	forge := func(what string, change func(x *computed), want string) {
		t.Helper()
		r.forgedAs(what, rec.state.No, each(func(d *ruled) {
			for i := range d.Computed {
				if d.Computed[i].With == grid.NoRoom1 {
					change(&d.Computed[i])
				}
			}
		}), want)
	}
	entries, err := r.db.EntriesOf(t.Context(), rec.row.No, maxEvents)
	if err != nil {
		t.Fatal(err)
	}
	var out, in []byte
	for _, row := range entries {
		ev, err := r.decodeEntry(row, rec.key)
		if err != nil {
			t.Fatal(err)
		}
		if d, ok := ev.data.(*ruled); ok {
			for _, x := range d.Computed {
				if x.With == grid.NoRoom1 {
					out, in = x.Out, x.In
				}
			}
		}
	}
	tried := 0
	for _, side := range []struct {
		of   []byte
		put  func(x *computed, b []byte)
		want string
	}{
		{out, func(x *computed, b []byte) { x.Out = b }, grid.NoRoom1 + " answers otherwise"},
		{in, func(x *computed, b []byte) { x.In = b }, ""},
	} {
		for path, altered := range alterations(t, side.of) {
			tried++
			forge(path, func(x *computed) { side.put(x, altered) }, side.want)
		}
	}
	if tried < 40 {
		t.Errorf("only %d figures were altered", tried)
	}
	r.forgedAs("left out", rec.state.No, each(func(d *ruled) {
		d.Computed = slices.DeleteFunc(d.Computed, func(x computed) bool { return x.With == grid.NoRoom1 })
	}), "leaves out no-room")
	for what, change := range map[string]func(d *refusalDocuments){
		"kk": func(d *refusalDocuments) { d.KK = d.RU }, "ru": func(d *refusalDocuments) { d.RU = d.EN }, "en": func(d *refusalDocuments) { d.EN = "" },
		"form": func(d *refusalDocuments) { d.Form = 2 },
	} {
		r.forgedAs(what, rec.state.No, each(func(d *refused) {
			other := *d.Document
			change(&other)
			d.Document = &other
		}), "what the refusal says to be read")
	}
	r.forgedAs("no document", rec.state.No, each(func(d *refused) { d.Document = nil }), "what the refusal says to be read")
	r.sound()
}

// alterations are a JSON text with each of its values altered in turn.
func alterations(t *testing.T, text []byte) map[string][]byte {
	t.Helper()
	list, err := altered.Values(text)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestFormsOfARefusalDoNotChange: what was given out once is made again to the byte.
func TestFormsOfARefusalDoNotChange(t *testing.T) {
	pack, err := parseOnce(kz.Kazakhstan())
	if err != nil {
		t.Fatal(err)
	}
	svc, _ := pack.Service("energy.connection")
	fixed := *svc
	fixed.Title = aiqyn.Text{KK: "Қызмет", RU: "Услуга", EN: "Service"}
	fixed.Refuse = slices.Clone(svc.Refuse)
	for i := range fixed.Refuse {
		fixed.Refuse[i].Text = aiqyn.Text{KK: "Себеп", RU: "Причина", EN: "Reason"}
		fixed.Refuse[i].Law = aiqyn.Law{Act: "V1500010403", Article: "8"}
	}
	says := RefusalSays{Ref: "AQ-7K2M-9F3D", Service: &fixed, Reason: "no-capacity", Ruling: 1234, Now: "2026-12-01", NoRoom: grid.NoRoom{LoadW: 50_000, Network: "abc", Points: []grid.NoRoomPoint{
		{ID: "7", Because: grid.BecauseCapacity, Binding: grid.BindTrafo, Element: 3, FreeW: 12_300, RouteM: 84, Limit: &grid.NoRoomLimit{Most: 400_000, Unit: "VA"},
			Above:     &grid.NoRoomAbove{Trafo: 3, RatedVA: 400_000, LoadW: 310_020, ReservedW: 70_000},
			Reinforce: &grid.Reinforcement{Cost: 810_000_000, Steps: []grid.ReinforcedBranch{{Cost: 810_000_000, Element: 3, Kind: "trafo", Now: 400_000, Then: 630_000}}}},
		{ID: "8", Because: "new-line-losses", Binding: grid.BindLine, Element: 5, RouteM: 1_200, Limit: &grid.NoRoomLimit{Most: 240, Unit: "A"},
			Reinforce: &grid.Reinforcement{Cost: 72_500_000, Steps: []grid.ReinforcedBranch{{Cost: 72_500_000, Element: 5, Kind: "line", Now: 240, Then: 330}}}},
		{ID: "9", Because: grid.BecauseObject, Binding: grid.BindVoltage, Element: 9, Limit: &grid.NoRoomLimit{Least: 360, Most: 440, Unit: "V"}},
		{ID: "10", Because: grid.BecauseCapacity, Binding: grid.BindCollapse}, {ID: "11", Because: grid.BecauseCapacity, Binding: grid.BindBase},
		{ID: "12", Because: grid.BecauseCapacity, Binding: grid.BindNone}, {ID: "13", Because: grid.BecauseFar, RouteM: 5_000},
	}}}
	for _, l := range aiqyn.Langs {
		got, err := RefusalDocument(1, l, says)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", "refusal@1", string(l)+".html")
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v; it would be\n%s", err, got)
		}
		if string(got) != string(want) {
			t.Errorf("the form has changed in %s:\n%s", l, got)
		}
	}
	if _, err := RefusalDocument(2, aiqyn.English, says); err == nil {
		t.Error("a form that there is not")
	}
	says.NoRoom.Points = nil
	if text, err := RefusalDocument(1, aiqyn.English, says); err != nil || !strings.Contains(string(text), "no connection point nearby") {
		t.Errorf("%s, %v", text, err)
	}
}
