package casework

import (
	"testing"
	"time"

	"aiqyn"
	"aiqyn/beacon"
)

// twoBodies is a source of two bodies' hash chains, and its secrets.
type twoBodies struct {
	*beacon.Pair
	a, b *beacon.Chain
}

func (p twoBodies) Published(n uint64) (beacon.Round, bool) {
	a, errA := p.a.Reveal(n)
	b, errB := p.b.Reveal(n)
	r, err := p.Join(n, a, b)
	return r, errA == nil && errB == nil && err == nil
}

func newTwoBodies(t *testing.T) twoBodies {
	t.Helper()
	var p twoBodies
	var err error
	for _, one := range []struct {
		to     **beacon.Chain
		body   aiqyn.BodyID
		secret byte
	}{{&p.a, "audit", 1}, {&p.b, "prosecutor", 2}} {
		if *one.to, err = beacon.NewChain(one.body, [32]byte{one.secret}, 100_000); err != nil {
			t.Fatal(err)
		}
	}
	if p.Pair, err = beacon.NewPair(p.a.Commitment(), p.b.Commitment(), start.AddDate(0, 0, -1), 3*time.Second); err != nil {
		t.Fatal(err)
	}
	return p
}

func drawnBy(b Beacon) rigOption { return func(c *Config) { c.Beacon = b } }

// scheduled is a beacon that names other rounds than are to come next.
type scheduled struct {
	Beacon
	at func(time.Time) uint64
}

func (s scheduled) At(t time.Time) uint64 { return s.at(t) }

// TestTheOperatorChoosesTheBeacon: whatever the source of randomness is, a value that it
// has not published, a round that is not the next, and another source than the one that
// the log names are found; what rests on practice is counted as proving nothing.
func TestTheOperatorChoosesTheBeacon(t *testing.T) {
	bodies := newTwoBodies(t)
	early := func(x time.Time) uint64 { return bodies.At(x.Add(-RoundNotice)) }
	late := func(x time.Time) uint64 { return bodies.At(x.Add(5 * RoundNotice)) }
	for _, test := range []struct {
		name   string
		beacon Beacon
		finds  string
	}{
		{"a value of two bodies", steered{bodies.Pair, [32]byte{42}}, "the random value is not what pair has published"},
		{"a value of drand", steered{beacon.DefaultChain(), [32]byte{42}}, "the random value is not what drand-default has published"},
		{"a seed at once", scheduled{bodies, early}, "another round of pair than the one that was to come next"},
		{"a seed later than is due", scheduled{bodies, late}, "another round of pair than the one that was to come next"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, _ := threeWait(t, drawnBy(test.beacon))
			holdRound(r)
			r.pass(6 * RoundNotice)
			if err := r.goOnWithRounds(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.auditFinds(test.finds)
		})
	}
	t.Run("practice for a day", func(t *testing.T) {
		r, refs := threeWait(t, drawnBy(bodies))
		holdRound(r)
		r.sound()
		r.usesBeacons(BeaconUse{Beacon: "pair", Rounds: 1, Proven: true})
		r.replies(0, refs[0], "no")
		r.opts = []rigOption{func(*Config) {}} // practice, as tests have it
		r.reopen()
		r.pass(24 * time.Hour)
		holdRound(r)
		r.sound() // the log says so, and what it proves is told
		r.usesBeacons(BeaconUse{Beacon: "pair", Rounds: 1, Proven: true}, BeaconUse{Beacon: "practice", Rounds: 1})
		cfg := r.auditConfig()
		cfg.Beacons = []beacon.Source{bodies.Pair}
		r.auditOf(cfg, "which is none of the sources that it is audited by")
	})
	t.Run("practice without a word", func(t *testing.T) {
		r, refs := threeWait(t, drawnBy(bodies))
		holdRound(r)
		r.replies(0, refs[0], "no")
		r.Beacon = testBeacon{beacon.NewPractice([32]byte{7}, start, time.Second)}
		r.pass(24 * time.Hour)
		r.forgesRound("education.kindergarten/2026-06-02", "2026-06-02", 0)
		r.auditFinds("names a round of practice, which is not the source in force")
	})
	t.Run("a source that nobody knows", func(t *testing.T) {
		r, _ := threeWait(t)
		r.forges(func(t *turn) {
			t.emitSystem(EventBeacon, aiqyn.System, &beaconNamed{"drand-quicknet", []byte(`{"practice":{"genesis":"2026-01-01T00:00:00Z","period":"3s"}}`)})
		})
		r.auditFinds("that nobody can verify")
	})
}

// TestOfficersAreDrawnByWhatWasPublished: the value of an officer's draw is verified as
// that of a round is.
func TestOfficersAreDrawnByWhatWasPublished(t *testing.T) {
	draws := func(t *testing.T, b Beacon) *rig {
		r := newRig(t, drawnBy(b))
		if err := r.KeepPack(t.Context(), r.files); err != nil {
			t.Fatal(err)
		}
		if _, err := r.send(t.Context(), &nameBeacon{beaconNamed{b.Name(), r.described}}); err != nil {
			t.Fatal(err)
		}
		r.toConditions(holder, plot, 15)
		return r
	}
	bodies := newTwoBodies(t)
	r := draws(t, bodies)
	r.sound()
	r.usesBeacons(BeaconUse{Beacon: "pair", Draws: 2, Proven: true})
	draws(t, steered{bodies.Pair, [32]byte{42}}).auditFinds("the random value is not what pair has published")
	ahead := scheduled{bodies, func(x time.Time) uint64 { return bodies.At(x) + 1 }}
	draws(t, ahead).auditFinds("another round of pair than the one that was to come next")
}

// usesBeacons holds what the audit says of sources to what there is.
func (r *rig) usesBeacons(want ...BeaconUse) {
	r.t.Helper()
	got := r.audit().Beacons
	for i := range got {
		if got[i].Description == "" || got[i].Since < 0 {
			r.t.Errorf("nothing describes %+v", got[i])
		}
		got[i].Description, got[i].Since = "", 0
	}
	if len(got) != len(want) {
		r.t.Fatalf("the audit says %+v, want %+v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			r.t.Errorf("the audit says %+v, want %+v", got[i], want[i])
		}
	}
}
