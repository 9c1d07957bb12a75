package casework

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"aiqyn"
	"aiqyn/ledger"
)

// shardRig is an empty rig whose log has a name of its own and one witness.
func shardRig(t *testing.T, origin string) (*rig, *testWitness) {
	t.Helper()
	var w *testWitness
	r := bareRig(t, start, func(c *Config) {
		skey, vkey, err := ledger.GenerateKey(zeroReader{}, origin)
		if err == nil {
			c.Signer, err = ledger.NewSigner(skey)
		}
		if err != nil {
			t.Fatal(err)
		}
		c.Origin, c.VerifierKey = origin, vkey
		if w == nil {
			w = newTestWitness(t, vkey, func() time.Time { return start })
		}
		c.Policy, c.Witnesses = policyOf(t, w), []Cosigner{w}
	})
	return r, w
}

func policyOf(t *testing.T, w *testWitness) *ledger.Policy {
	t.Helper()
	p, err := ledger.ParsePolicy([]byte("witness W " + w.vkey + "\nquorum W\n"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// knows has a shard hear, and tell, another.
func (r *rig) knows(other *rig, w *testWitness, url string) {
	r.t.Helper()
	key, err := ledger.ParseKey(other.VerifierKey)
	if err != nil {
		r.t.Fatal(err)
	}
	v, err := ledger.NewVerifier([]note.Verifier{key}, policyOf(r.t.(*testing.T), w))
	if err != nil {
		r.t.Fatal(err)
	}
	r.Shards = append(r.Shards, Shard{Origin: other.Origin, Verifier: v, URL: url})
}

func (r *rig) heardAll() (list []heard) {
	r.t.Helper()
	for row, err := range r.db.EntriesByCase(r.t.Context(), 0, 1) {
		if err != nil {
			r.t.Fatal(err)
		}
		if EventKind(row.Kind) != EventHeard {
			continue
		}
		_, plain, err := r.openEntry(*row, r.keys.system)
		if err != nil {
			r.t.Fatal(err)
		}
		ev := &event{kind: EventHeard}
		if err := decodePrivate(plain, ev); err != nil {
			r.t.Fatal(err)
		}
		list = append(list, *ev.data.(*heard))
	}
	return list
}

// TestShardsTellEachOther: a message arrives once, with the proof that the
// other log holds it and its witnesses have seen that, and not otherwise.
func TestShardsTellEachOther(t *testing.T) {
	north, nw := shardRig(t, "north.example/log")
	south, sw := shardRig(t, "south.example/log")
	server := httptest.NewServer(south.Handover())
	defer server.Close()
	north.knows(south, sw, server.URL)
	south.knows(north, nw, "")

	tell := Tell{ID: north.id(), Actor: aiqyn.System, To: south.Origin, Subject: "share.round", Text: "1200 kW"}
	res := north.must(tell)
	receipt := func(index int64) []byte {
		t.Helper()
		b, err := north.Receipt(t.Context(), aiqyn.System, index)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	hear := func(origin string, receipt []byte) error {
		_, err := south.Do(t.Context(), Hear{Origin: origin, Receipt: receipt})
		return err
	}
	wantKey(t, hear(north.Origin, receipt(res.First)), "error.shard-not-witnessed")
	if err := north.tellOthers(t.Context()); err != nil || len(south.heardAll()) != 0 {
		t.Errorf("told before its witnesses: %v, %+v", err, south.heardAll())
	}
	if err := north.Cosign(t.Context()); err != nil {
		t.Fatal(err)
	}
	good := receipt(res.First)

	// What is forged, or for others, is refused.
	other := north.must(Demanded{ID: north.id(), Actor: aiqyn.System, Certificate: "address", Body: "bank"})
	if err := north.Cosign(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		origin  string
		receipt []byte
	}{
		"another text":      {north.Origin, bytes.Replace(good, []byte("1200 kW"), []byte("9200 kW"), 1)},
		"of an unknown log": {"west.example/log", good},
		"as another's":      {south.Origin, good},
		"of another entry":  {north.Origin, receipt(other.First)},
		"nothing":           {north.Origin, nil},
	} {
		if err := hear(c.origin, c.receipt); aiqyn.KindOf(err) != aiqyn.Invalid && aiqyn.KindOf(err) != aiqyn.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	north.knows(north, nw, "") // a message to somebody else
	elsewhere := north.must(Tell{ID: north.id(), Actor: aiqyn.System, To: north.Origin, Subject: "s", Text: "t"})
	if err := north.Cosign(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantKey(t, hear(north.Origin, receipt(elsewhere.First)), "error.shard-other")
	if got := south.heardAll(); len(got) != 0 {
		t.Fatalf("heard %+v", got)
	}

	// It is heard once, whoever brings it and how often.
	if err := north.tellOthers(t.Context()); err == nil {
		t.Error("a message to a shard without an address was told")
	}
	source, err := north.Check(t.Context(), good)
	if err != nil {
		t.Fatal(err)
	}
	want := heard{From: north.Origin, Index: res.First, Leaf: source.Leaf.String(), Subject: "share.round", Text: "1200 kW"}
	if got := south.heardAll(); len(got) != 1 || got[0] != want {
		t.Fatalf("heard %+v, want %+v", got, want)
	}
	again, err := south.Do(t.Context(), Hear{Origin: north.Origin, Receipt: receipt(res.First)})
	if err != nil || !again.Again {
		t.Errorf("told twice: %+v, %v", again, err)
	}
	if answers := south.oneBatch(Hear{Origin: north.Origin, Receipt: good}, Hear{Origin: north.Origin, Receipt: good}); errors.Join(answers[0].err, answers[1].err) != nil {
		t.Errorf("told twice in a batch: %+v", answers)
	}
	if got := south.heardAll(); len(got) != 1 {
		t.Errorf("heard %d times", len(got))
	}
	_, err = north.Do(t.Context(), Tell{ID: north.id(), Actor: applicant, To: south.Origin, Subject: "s", Text: "t"})
	wantKey(t, err, "error.forbidden")
	for _, r := range []*rig{north, south} {
		if rep := r.audit(); !rep.OK {
			t.Errorf("audit of %s: %+v", r.Origin, rep)
		}
	}
}
