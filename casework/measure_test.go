package casework

import (
	"strconv"
	"testing"

	"aiqyn"
	"aiqyn/store"
)

// TestFilledCasesOpen: the copies that a database is filled with are their
// applicants' to open and to list, like the case they are copies of.
func TestFilledCasesOpen(t *testing.T) {
	r := newRig(t)
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	filed := r.must(File{ID: r.id(), Actor: me, Service: "address.certificate", Lang: "kk", Answers: map[string]string{"use": "extract"}})
	example := r.view(filed.Ref)
	no, err := strconv.ParseInt(string(filed.Case), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	r.shut()
	db, err := store.Open(t.Context(), r.url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	refs := map[aiqyn.PersonID][]aiqyn.Reference{}
	of := func(no int64) aiqyn.PersonID { return []aiqyn.PersonID{holder, stranger}[no%2] }
	err = Filling{
		Store: db, DataKey: r.cfg.DataKey, Example: no, Cases: 700, Of: of,
		Made: func(no int64, ref aiqyn.Reference) { refs[of(no)] = append(refs[of(no)], ref) },
	}.Fill(t.Context())
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil || len(refs[holder])+len(refs[stranger]) != 700 {
		t.Fatal(len(refs[holder]), len(refs[stranger]), err)
	}
	r.open()
	for person, list := range refs {
		who := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: person}
		for _, ref := range []aiqyn.Reference{list[0], list[len(list)-1]} {
			v, err := r.Case(t.Context(), who, ref)
			if err != nil || v.Ref != ref || v.Outcome != example.Outcome || len(v.Events) != len(example.Events) {
				t.Errorf("%s: %+v, %v", ref, v, err)
			}
			if _, err := r.Case(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: "990101300999"}, ref); aiqyn.KindOf(err) != aiqyn.NotFound {
				t.Errorf("%s is shown to another: %v", ref, err)
			}
		}
		page, err := r.Mine(t.Context(), who, Page{Limit: 50})
		if err != nil || len(page.Items) != 50 || page.Items[0].Ref != list[len(list)-1] {
			t.Errorf("the list of %s: %d, %v", person, len(page.Items), err)
		}
	}
	r.file(holder, plot, 20) // and the log goes on
}
