package casework

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// namesOf lists the names of a struct's fields as they are written.
func namesOf(t reflect.Type) (names []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case f.Anonymous && name == "":
			names = append(names, namesOf(f.Type)...)
		case f.IsExported():
			names = append(names, name)
		}
	}
	return names
}

// TestEntriesOfQueuesAreCanonical: what the log says of a queue is written in the order
// of its names, so that its receipts are what was issued to the last byte.
func TestEntriesOfQueuesAreCanonical(t *testing.T) {
	var look func(at reflect.Type)
	seen := make(map[reflect.Type]bool)
	look = func(at reflect.Type) {
		switch at.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			look(at.Elem())
		case reflect.Struct:
			if seen[at] || !strings.HasPrefix(at.PkgPath(), "aiqyn") {
				return
			}
			seen[at] = true
			if names := namesOf(at); !slices.IsSorted(names) {
				t.Errorf("%s is written as %v", at, names)
			}
			for i := range at.NumField() {
				look(at.Field(i).Type)
			}
		}
	}
	for _, k := range []EventKind{
		EventEntered, EventRanked, EventOffered, EventAccepted, EventOfferDeclined, EventOfferExpired, EventQueueRestored, EventMoved, EventTransferredOut, EventTransferredIn, EventTicket,
		EventRebooked, EventSlotCancelled, EventAttended, EventMissed, EventSchedule, EventPlaces, EventRoundCommitted, EventRoundDrawn, EventRoundSettled, EventDateImported, EventQueueTable,
	} {
		data := newQueuePayload(k)
		if data == nil {
			t.Fatalf("%s has no data", k)
		}
		look(reflect.TypeOf(data))
	}
}
