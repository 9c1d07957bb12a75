package casework

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/beacon"
	"aiqyn/deadline"
	"aiqyn/registry"
	"aiqyn/store"
)

// steered is a beacon that says what its operator wants.
type steered struct {
	beacon.Source
	value [32]byte
}

func (s steered) Published(n uint64) (beacon.Round, bool) {
	return beacon.Round{Number: n, Value: s.value, Proof: []byte("trust me")}, true
}
func (s steered) Verify(beacon.Round) error { return nil }

// TestTheOperatorIsCaught plays who controls the server: leaves a child out of a
// round, runs a day twice, offers a place by hand, ranks a child otherwise in the case or
// in the inputs of a round, chooses the seed. The audit names each.
func TestTheOperatorIsCaught(t *testing.T) {
	t.Run("leaves somebody out", func(t *testing.T) {
		r, _ := threeWait(t)
		delete(r.queues.of[kindergarten].waits, 1)
		holdRound(r)
		r.auditFinds("somebody was left out")
	})
	t.Run("a day twice", func(t *testing.T) {
		r, refs := threeWait(t)
		holdRound(r)
		r.replies(0, refs[0], "no")
		svc, _ := r.Pack().Service(kindergarten)
		c := &commitRound{apart: apart{cid: "again", actor: aiqyn.System}, svc: svc, pack: r.Pack().Hash(), day: day(r.clock(), r.Zone)}
		if _, err := r.send(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		r.auditFinds("second round of the same day")
	})
	t.Run("an offer by hand", func(t *testing.T) {
		r, _ := threeWait(t)
		if _, err := r.send(t.Context(), &makeOffer{onCase: onCase{cid: "hand", actor: aiqyn.System, no: 3}, round: 1, group: "kg-1/kk-2023"}); err != nil {
			t.Fatal(err)
		}
		r.auditFinds("no round has given")
	})
	t.Run("keeps an offer back", func(t *testing.T) {
		r, _ := threeWait(t)
		r.drawsRound()
		r.settles()
		r.auditFinds("never offered")
	})
	t.Run("drops a wish", func(t *testing.T) {
		r := nursery(t, 2, 1)
		r.reports(1, 1)
		r.reports(2, 1)
		q := r.queueRules()
		list := q.List
		q.List = list[:1]
		r.queueUp(0, 1, 2)
		q.List = list
		r.auditFinds("other institutions than were named")
	})
	t.Run("lets in who is barred", func(t *testing.T) {
		r := nursery(t, 1, 1)
		r.reports(1, 1)
		r.register(registry.PeopleRegister, string(childOf(0)), registry.Person{IIN: childOf(0), Born: "2001-03-15", Phone: "+77000000000", Lang: "kk", Name: registry.Name{Last: "Омарова", First: "Алия"}})
		q := r.queueRules()
		bars, fits := q.Bars, q.Fits
		q.Bars, q.Fits = nil, nil
		r.queueUp(0, 1)
		q.Bars, q.Fits = bars, fits
		r.auditFinds("barred from")
	})
	t.Run("gives a child another class", func(t *testing.T) {
		r, refs := threeWait(t)
		r.deals(refs[2], func(c *turn) {
			c.emit(EventRanked, aiqyn.System, &rankedAnew{Class: c.svc.Queue.Tiers[0].Name, Tier: 0, Was: c.rec.state.Queue.Tier})
		})
		r.auditFinds("does not follow from the facts")
	})
	t.Run("gives a child an earlier date", func(t *testing.T) {
		r, refs := threeWait(t)
		r.deals(refs[2], func(c *turn) {
			q := c.rec.state.Queue
			c.emit(EventEntered, aiqyn.System, &entered{Class: q.Class, First: q.First.AddDate(-1, 0, 0), Groups: q.Groups, Secret: q.Secret, Tier: q.Tier}, atStep("offer"))
		})
		r.auditFinds("counts as waiting since another time than it came")
	})
	t.Run("chooses the seed", func(t *testing.T) {
		r, _ := threeWait(t, func(c *Config) { c.Beacon = steered{beacon.Quicknet(), [32]byte{42}} })
		holdRound(r)
		r.auditFinds("not what drand-quicknet has published")
	})
}

// atWill is what an operator's own program writes into the log, past every rule.
type atWill struct {
	apart
	f func(*turn)
}

func (c *atWill) decide(t *turn) error { c.f(t); return nil }

func (r *rig) forges(f func(*turn)) {
	r.t.Helper()
	if _, err := r.send(r.t.Context(), &atWill{apart{cid: r.id(), actor: aiqyn.System}, f}); err != nil {
		r.t.Fatal(err)
	}
}

// forgesRound commits to a round under another label, with another seed than is due, or
// with inputs that were altered.
func (r *rig) forgesRound(name, day string, seed uint64, alter ...func(*allocation.Round)) {
	r.t.Helper()
	svc, _ := r.Pack().Service(kindergarten)
	r.forges(func(t *turn) {
		round := r.queues.of[kindergarten].inputs(name, roundTime{day, t.now.Truncate(time.Second), r.Zone}, svc.Queue, r.keys.secretOf)
		round.Seed = allocation.Seed{Beacon: r.Beacon.Name(), Round: cmp.Or(seed, r.Beacon.At(t.now.Add(RoundNotice)))}
		for _, f := range alter {
			f(round)
		}
		root, data, seats := round.Root(), round.Encode(), 0
		for _, h := range round.Institutions {
			seats += h.Seats
		}
		ev := t.emitSystem(EventRoundCommitted, aiqyn.System, &roundCommitted{
			Applicants: len(round.Applicants), Beacon: round.Seed.Beacon, Closed: round.Closed, Day: day, Groups: len(round.Institutions), Inputs: hexSum(data), Name: name,
			Pack: r.Pack().Hash(), Root: hex.EncodeToString(root[:]), Rules: round.Rules.Hash(), Seats: seats, Seed: round.Seed.Round, Service: kindergarten,
		})
		if err := t.queueSystem(ev); err != nil {
			r.t.Fatal(err)
		}
		t.snapshots = append(t.snapshots, store.Snapshot{Hash: hexSum(data), Kind: roundInputsKind, Data: data, Added: t.now})
	})
}

// TestTheOperatorWritesForOthers plays who controls the server and writes entries into
// cases with a program of their own: what takes a child out of the queue without its
// parents, what lets somebody back in, other terms than the law's. The audit names
// each at its entry.
func TestTheOperatorWritesForOthers(t *testing.T) {
	offered := func(r *rig, refs []aiqyn.Reference) aiqyn.Reference { holdRound(r); return refs[0] }
	waiting := func(r *rig, refs []aiqyn.Reference) aiqyn.Reference { return refs[1] }
	stopped := func(r *rig, refs []aiqyn.Reference) aiqyn.Reference {
		holdRound(r)
		r.replies(0, refs[0], "no")
		return refs[0]
	}
	parent := payer(childOf(0))
	for _, test := range []struct {
		name  string
		of    func(*rig, []aiqyn.Reference) aiqyn.Reference
		write func(*turn)
		finds string
	}{
		{"withdraws a child", waiting, func(c *turn) {
			c.emit(EventWithdrawn, aiqyn.System, &withdrawn{}, withOutcome(aiqyn.Withdrawn))
		}, "only the applicant leaves a queue"},
		{"withdraws a child as an officer", waiting, func(c *turn) {
			c.emit(EventWithdrawn, aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-09"}, &withdrawn{}, withOutcome(aiqyn.Withdrawn))
		}, "only the applicant leaves a queue"},
		{"lets a child's case lapse", waiting, func(c *turn) {
			c.emit(EventLapsed, aiqyn.System, &lapsed{}, withOutcome(aiqyn.Lapsed))
		}, "without anything that lets it lapse"},
		{"moves a child to another region", waiting, func(c *turn) {
			out := c.emit(EventTransferredOut, aiqyn.System, &transferredOut{Groups: c.rec.state.Queue.Groups, Region: "710000000"}, atStep("offer"))
			c.emit(EventTransferredIn, aiqyn.System, &transferredIn{Answers: map[string]string{"first": "kg-1"}, First: c.rec.state.Queue.First, From: out.index, Groups: []string{"kg-1/kk-2023"}, Region: "750000000"}, atStep("offer"))
		}, "only the applicant leaves a queue"},
		{"holds a child's case", waiting, func(c *turn) {
			c.emit(EventHeld, aiqyn.System, &held{Ground: "x", Until: c.now.AddDate(1, 0, 0)})
		}, "held by nobody who may hold it"},
		{"grants a child nothing", waiting, func(c *turn) {
			c.emit(EventGranted, aiqyn.System, &granted{}, withOutcome(aiqyn.Granted))
		}, "without a place that was accepted"},
		{"refuses a child", waiting, func(c *turn) {
			c.emit(EventRefused, aiqyn.System, &refused{Reason: "not-known"}, withOutcome(aiqyn.Refused))
		}, "without a place that was accepted"},
		{"says no for the parents", offered, func(c *turn) {
			c.emit(EventOfferDeclined, aiqyn.System, &offerOver{Group: c.rec.state.Queue.Group, Until: c.now.AddDate(0, 0, 10)}, atStep("offer"), withReason("declined"))
		}, "that the applicant has not answered"},
		{"says yes for the parents", offered, func(c *turn) {
			c.emit(EventAccepted, aiqyn.System, &offerTaken{Group: c.rec.state.Queue.Group}, atStep("offer"))
		}, "that the applicant has not answered"},
		{"answers for the parents", offered, func(c *turn) {
			c.emit(EventPerformed, aiqyn.System, &performed{Records: map[string]any{"accept": false}, Step: "offer"}, atStep("offer"))
			c.emit(EventOfferDeclined, aiqyn.System, &offerOver{Group: c.rec.state.Queue.Group, Until: c.now.AddDate(0, 0, 10)}, atStep("offer"), withReason("declined"))
		}, "by somebody whose case it is not"},
		{"turns a yes into a no", offered, func(c *turn) {
			c.emit(EventPerformed, parent, &performed{Records: map[string]any{"accept": true}, Step: "offer"}, atStep("offer"))
			c.emit(EventOfferDeclined, parent, &offerOver{Group: c.rec.state.Queue.Group, Until: c.now.AddDate(0, 0, 10)}, atStep("offer"), withReason("declined"))
		}, "not what follows from the answer"},
		{"stops a child for ten years", offered, func(c *turn) {
			c.emit(EventPerformed, parent, &performed{Records: map[string]any{"accept": false}, Step: "offer"}, atStep("offer"))
			c.emit(EventOfferDeclined, parent, &offerOver{Group: c.rec.state.Queue.Group, Until: c.now.AddDate(10, 0, 0)}, atStep("offer"), withReason("declined"))
		}, "stops the offers for another time"},
		{"ends no stop", offered, func(c *turn) {
			c.emit(EventPerformed, parent, &performed{Records: map[string]any{"accept": false}, Step: "offer"}, atStep("offer"))
			c.emit(EventOfferDeclined, parent, &offerOver{Group: c.rec.state.Queue.Group}, atStep("offer"), withReason("declined"))
		}, "stops the offers for another time"},
		{"shortens the time to answer", offered, func(c *turn) {
			c.emit(EventRescheduled, aiqyn.System, &rescheduled{Calendar: c.rec.state.Calendar, Due: c.now.Add(time.Minute), Was: c.rec.state.Due})
		}, "until another instant than the calendar gives"},
		{"takes a place back", func(r *rig, refs []aiqyn.Reference) aiqyn.Reference {
			holdRound(r)
			r.replies(0, refs[0], "yes")
			r.must(Perform{ID: r.id(), Actor: parent, Ref: refs[0], Step: "enrolment", Records: map[string]string{"first-day": "2026-09-01"}})
			return refs[0]
		}, func(c *turn) {
			c.emit(EventMoved, aiqyn.System, &alongside{2, "x"})
		}, "for a later case that has none"},
		{"ends a stop for somebody", stopped, func(c *turn) {
			c.emit(EventQueueRestored, aiqyn.System, &queueRestored{Wish: true}, atStep("offer"))
		}, "a wish that is not the applicant's"},
		{"ends a stop without a wish", stopped, func(c *turn) {
			c.emit(EventQueueRestored, aiqyn.System, &queueRestored{}, atStep("offer"))
		}, "ends a stop before its time"},
		{"ends a stop a second time", func(r *rig, refs []aiqyn.Reference) aiqyn.Reference {
			stopped(r, refs)
			r.must(Restore{ID: r.id(), Actor: parent, Ref: refs[0]})
			r.pass(24 * time.Hour)
			holdRound(r)
			r.replies(0, refs[0], "no")
			return refs[0]
		}, func(c *turn) {
			c.emit(EventQueueRestored, parent, &queueRestored{Wish: true}, atStep("offer"))
		}, "once too often"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, refs := threeWait(t)
			ref := test.of(r, refs)
			r.sound()
			r.deals(ref, test.write)
			r.auditFinds(test.finds)
		})
	}
}

// threeWait is a kindergarten with one place, and three children who wait for it.
func threeWait(t *testing.T, opts ...rigOption) (*rig, []aiqyn.Reference) {
	r := nursery(t, 1, 4, opts...)
	r.reports(1, 1)
	var refs []aiqyn.Reference
	for i := range 3 {
		refs = append(refs, r.queueUp(i, 1))
		r.pass(time.Minute)
	}
	return r, refs
}

// TestTheOperatorRunsRoundsAtWill: a day has one round, whatever it is called, on a
// day and at an hour on which rounds are held, and offers last as long as the calendar
// says.
func TestTheOperatorRunsRoundsAtWill(t *testing.T) {
	again := func(r *rig, refs []aiqyn.Reference) { holdRound(r); r.replies(0, refs[0], "no") }
	for _, test := range []struct {
		name  string
		do    func(*rig, []aiqyn.Reference)
		finds string
	}{
		{"under another day", func(r *rig, refs []aiqyn.Reference) {
			again(r, refs)
			r.forgesRound("education.kindergarten/2031-01-01", "2031-01-01", 0)
		}, "is the round of education.kindergarten/2031-01-01, and was begun on 2026-06-01"},
		{"under another name", func(r *rig, refs []aiqyn.Reference) {
			again(r, refs)
			r.forgesRound("education.kindergarten/again", "2026-06-01", 0)
		}, "is the round of education.kindergarten/again"},
		{"on a Sunday", func(r *rig, _ []aiqyn.Reference) {
			r.pass(6 * 24 * time.Hour)
			r.forgesRound("education.kindergarten/2026-06-07", "2026-06-07", 0)
		}, "on which offices do not work"},
		{"by night", func(r *rig, _ []aiqyn.Reference) {
			r.pass(16 * time.Hour)
			r.forgesRound("education.kindergarten/2026-06-02", "2026-06-02", 0)
		}, "before the hour of rounds"},
		{"with an offer of a year", func(r *rig, _ []aiqyn.Reference) {
			r.offersUntil(func(c *turn) time.Time { return c.now.AddDate(1, 0, 0) })
		}, "until another instant"},
		{"with an offer of a minute", func(r *rig, _ []aiqyn.Reference) {
			r.offersUntil(func(c *turn) time.Time { return c.now.Add(time.Minute) })
		}, "until another instant"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, refs := threeWait(t)
			test.do(r, refs)
			r.auditFinds(test.finds)
		})
	}
}

// offersUntil makes the offer of a round by hand, to be answered until an instant.
func (r *rig) offersUntil(until func(*turn) time.Time) {
	r.t.Helper()
	drawn := r.drawsRound()
	match, err := r.matched(r.t.Context(), drawn)
	if err != nil {
		r.t.Fatal(err)
	}
	make := &dealt{onCase{cid: "x", actor: aiqyn.System, no: match[0].no}, func(c *turn) {
		c.emit(EventOffered, aiqyn.System, &offerMade{Calendar: r.kz().Version(), Due: until(c), Group: match[0].group, Round: drawn.drawnAt}, atStep("offer"))
	}}
	if _, err := r.send(r.t.Context(), make); err != nil {
		r.t.Fatal(err)
	}
	r.settles()
}

// drawsRound commits a round and draws it, and makes no offer.
func (r *rig) drawsRound() *round {
	r.t.Helper()
	if err := r.commitRounds(r.t.Context(), deadline.DateOf(r.clock().In(r.Zone))); err != nil {
		r.t.Fatal(err)
	}
	r.pass(RoundNotice + 10*time.Second)
	draw := &drawRound{apart: apart{cid: "draw", actor: aiqyn.System}, of: r.queues.unsettled(kindergarten)}
	err := draw.prepare(r.t.Context(), r.Engine)
	if err == nil {
		_, err = r.send(r.t.Context(), draw)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return r.queues.unsettled(kindergarten)
}

func (r *rig) settles() {
	r.t.Helper()
	if _, err := r.send(r.t.Context(), &settleRound{apart: apart{cid: "settle", actor: aiqyn.System}, of: r.queues.unsettled(kindergarten)}); err != nil {
		r.t.Fatal(err)
	}
}

// TestTheOperatorAltersTheInputs plays who controls the server and commits to other inputs
// of a round than the queue gives: each alteration of anybody's line, or of the seats, is
// named by the audit, and none where nothing was altered.
func TestTheOperatorAltersTheInputs(t *testing.T) {
	last := func(r *allocation.Round) *allocation.Applicant { return &r.Applicants[len(r.Applicants)-1] }
	for name, alter := range map[string]func(*allocation.Round){
		"nothing":                func(*allocation.Round) {},
		"a better class":         func(r *allocation.Round) { last(r).Tier = 0 },
		"an earlier date":        func(r *allocation.Round) { last(r).Date = 0 },
		"a date less for all":    func(r *allocation.Round) { last(r).Date, r.Applicants[0].Date = r.Applicants[0].Date, last(r).Date },
		"points":                 func(r *allocation.Round) { last(r).Points = 9 },
		"a brother":              func(r *allocation.Round) { last(r).Siblings = []int32{0} },
		"a kept seat":            func(r *allocation.Round) { last(r).Categories = 1 },
		"a place that it holds":  func(r *allocation.Round) { last(r).Holds = 0 },
		"another name":           func(r *allocation.Round) { last(r).ID = allocation.Pseudonym([32]byte{9}, r.Name) },
		"another's first wish":   func(r *allocation.Round) { l := r.Applicants[0].List; l[0], l[1] = l[1], l[0] },
		"another's wish is lost": func(r *allocation.Round) { r.Applicants[0].List = r.Applicants[0].List[:1] },
		"the first is left out":  func(r *allocation.Round) { r.Applicants = r.Applicants[1:] },
		"a stranger": func(r *allocation.Round) {
			a := *last(r)
			a.ID = allocation.Pseudonym([32]byte{8}, r.Name)
			r.Applicants = append(r.Applicants, a)
		},
		"a seat less": func(r *allocation.Round) { r.Institutions[0].Seats-- },
		"a seat more": func(r *allocation.Round) { r.Institutions[0].Seats++ },
		"a group less": func(r *allocation.Round) {
			r.Institutions = r.Institutions[:1]
			for i := range r.Applicants {
				r.Applicants[i].List = []int32{0}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := nursery(t, 2, 3)
			r.reports(1, 2)
			r.reports(2, 1)
			for i := range 3 {
				r.queueUp(i, 1, 2)
				r.pass(time.Minute)
			}
			today := day(r.clock(), r.Zone)
			r.forgesRound(roundName(kindergarten, today), today, 0, alter)
			const says = "the inputs of the round are not who waited then"
			if name == "nothing" {
				if rep := r.audit(); slices.ContainsFunc(rep.Problems, func(p Problem) bool { return strings.Contains(p.What, says) }) {
					t.Errorf("the audit finds %+v", rep.Problems)
				}
				return
			}
			r.auditFinds(says)
		})
	}
}
