package casework

import (
	"testing"
	"time"

	"aiqyn"
	"aiqyn/store"
)

// The public list of the log goes from its end to its beginning, page by page,
// and each line is the entry itself.
func TestEntriesNewestFirst(t *testing.T) {
	r := newRig(t)
	head, err := r.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	next, want := "", head.Size-1
	for {
		list, err := r.Entries(t.Context(), Page{After: next, Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range list.Items {
			one, err := r.Entry(t.Context(), line.Index)
			if err != nil || line.Index != want || one.Leaf != line.Leaf || !one.At.Equal(line.At) {
				t.Fatalf("line %+v, want entry %d: %+v, %v", line, want, one, err)
			}
			want--
		}
		if next = list.Next; next == "" {
			break
		}
	}
	if want != -1 {
		t.Errorf("the list ended before entry %d", want)
	}
	if _, err := r.Entries(t.Context(), Page{After: "x"}); err == nil {
		t.Error("a place that is none was taken")
	}
}

// The history of a transformer is what was published of it, newest first, page by page.
func TestCapacityHistory(t *testing.T) {
	r := newRig(t)
	var hashes []string
	for range 3 {
		if _, err := r.PublishCapacity(t.Context()); err != nil {
			t.Fatal(err)
		}
		pub, _, err := r.Store.LastPublication(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, pub.Hash)
		r.pass(24 * time.Hour)
	}
	list, _, err := r.Transformers(t.Context(), aiqyn.Actor{}, "", "", Page{Limit: 1})
	if err != nil || len(list.Items) != 1 {
		t.Fatal(err, list)
	}
	var days []TrafoDay
	for after := ""; len(days) == 0 || after != ""; {
		page, err := r.CapacityHistory(t.Context(), aiqyn.Actor{}, list.Items[0].ID, Page{After: after, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		days, after = append(days, page.Items...), page.Next
	}
	if len(days) != 3 {
		t.Fatalf("%d days", len(days))
	}
	for i, d := range days {
		if d.Hash != hashes[2-i] || d.Line.ID != list.Items[0].ID || d.Line.SnKVA != list.Items[0].SnKVA {
			t.Errorf("day %d: %+v", i, d)
		}
	}
	if days, err := r.CapacityHistory(t.Context(), aiqyn.Actor{}, 1<<40, Page{}); err != nil || len(days.Items) != 0 {
		t.Errorf("a transformer that is none has %d days, %v", len(days.Items), err)
	}
}

// A list of cases can be narrowed to a state and a service.
func TestCaseFilter(t *testing.T) {
	for want, f := range map[Page]store.CaseFilter{
		{}:                                      {},
		{Status: StatusOpen}:                    {Status: "open"},
		{Service: "address.certificate"}:        {Service: "address.certificate"},
		{Service: "a", Status: StatusSuspended}: {Service: "a", Status: "suspended"},
	} {
		if got := want.filter(); got != f {
			t.Errorf("%+v filters by %+v", want, got)
		}
	}
}
