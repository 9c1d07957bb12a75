package casework

import (
	"errors"
	"testing"

	"aiqyn"
)

func TestDeliver(t *testing.T) {
	r := newRig(t)
	ref := r.file(holder, plot, 50)
	broken := errors.New("the gateway is down")
	if n, err := r.Deliver(t.Context(), func(Message) error { return broken }); n != 0 || !errors.Is(err, broken) {
		t.Fatalf("handed on %d through a broken gateway: %v", n, err)
	}
	var got []Message
	take := func(m Message) error { got = append(got, m); return nil }
	if _, err := r.Deliver(t.Context(), take); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Key != "message.filed" || got[0].Ref != ref || got[0].Lang != aiqyn.Kazakh || got[0].To == "" {
		t.Fatalf("handed on %+v", got)
	}
	if n, err := r.Deliver(t.Context(), take); n != 0 || err != nil {
		t.Errorf("handed on %d again: %v", n, err)
	}
}
