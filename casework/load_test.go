package casework

import (
	"context"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/beacon"
	kz "aiqyn/packs"
	"aiqyn/registry"
	"aiqyn/store"
)

// ack is one command that the engine has acknowledged, with all that it takes
// to send it again and to find it in the log.
type ack struct {
	Kind        string          `json:"kind"`
	ID          aiqyn.CommandID `json:"id"`
	Ref         aiqyn.Reference `json:"ref,omitempty"`
	Officer     aiqyn.OfficerID `json:"officer,omitempty"`
	Parcel      string          `json:"parcel,omitempty"`
	Number      int             `json:"number,omitempty"` // of a child, or of who gives places
	Places      int             `json:"places,omitempty"`
	First, Last int64
	Leaf        string `json:"leaf"` // of the last entry, hex
}

// command makes the very command again.
func (a ack) command() any {
	applicant := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	switch a.Kind {
	case "certificate":
		return File{ID: a.ID, Actor: applicant, Service: "address.certificate", Lang: "kk", Channel: "online", Answers: map[string]string{"use": "extract"}}
	case "file":
		return File{ID: a.ID, Actor: applicant, Service: "energy.connection", Lang: "kk", Channel: "online", Answers: answersFor(a.Parcel, 1)}
	case "survey":
		return Perform{ID: a.ID, Ref: a.Ref, Step: "survey", Actor: aiqyn.Actor{Role: aiqyn.RoleSurveyor, Officer: a.Officer, Body: "utility"},
			Records: map[string]string{"measured-load": "1"}, Evidence: surveyEvidence(a.Officer)}
	case "decide":
		return Decide{ID: a.ID, Ref: a.Ref, Step: "conditions", Grant: true, Actor: aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: a.Officer, Body: "utility"}}
	case "withdraw":
		return Withdraw{ID: a.ID, Ref: a.Ref, Actor: applicant}
	case "queue":
		return File{ID: a.ID, Actor: payer(childOf(a.Number)), Service: kindergarten, Lang: "kk", Channel: "online",
			Answers: map[string]string{"language": "kk", "first": fmt.Sprint("kg-", 1+a.Number%3), "second": fmt.Sprint("kg-", 1+(a.Number+1)%3)}}
	case "places":
		return ReportPlaces{ID: a.ID, Actor: keeper(fmt.Sprint("kg-", a.Number)), Service: kindergarten, Institution: fmt.Sprint("kg-", a.Number), Group: "kk-2023", Places: a.Places}
	case "demand":
		return Demanded{ID: a.ID, Actor: applicant, Certificate: "address", Body: "bank"}
	}
	panic("no command of kind " + a.Kind)
}

func surveyEvidence(by aiqyn.OfficerID) []EvidenceItem {
	return []EvidenceItem{
		{Kind: "place", Lat: "51.1", Lon: "71.4"}, {Kind: "time"}, {Kind: "photo", Hash: "sha256:" + fmt.Sprintf("%064x", 1)},
		{Kind: "photo", Hash: "sha256:" + fmt.Sprintf("%064x", 2)}, {Kind: "signature", Text: officerName(by)},
	}
}

// liveRig opens an engine whose clock runs, on the folder of an earlier one or
// an empty one. Its beacon is quick, so that cases move on while one watches.
func liveRig(t testing.TB, dir string, born time.Time, opts ...rigOption) *rig {
	t.Helper()
	r := &rig{t: t, dir: dir, now: start, files: kz.Kazakhstan(), url: "sqlite:" + filepath.Join(dir, "aiqyn.db")}
	r.opts = append([]rigOption{func(c *Config) {
		c.Clock = func() time.Time { return start.Add(time.Since(born)) }
		c.Beacon = testBeacon{beacon.NewPractice([32]byte{7}, start.AddDate(0, 0, -1), 10*time.Millisecond)}
		c.Manual = false
	}}, opts...)
	r.open()
	if h, err := r.Head(context.Background()); err != nil {
		t.Fatal(err)
	} else if h.Size == 0 {
		if err := r.KeepPack(context.Background(), r.files); err != nil {
			t.Fatal(err)
		}
		r.keepNetwork()
		r.seed()
	}
	return r
}

// load has many people use the service at once, until its context ends: some
// take certificates, some bring a connection from filing to grant and give it
// back, some report a demand; now and then somebody sends a command again.
type load struct {
	*rig
	round  int // tells its commands and its parcels from those of other rounds
	acked  func(ack)
	failed func(kind string, err error)
	ready  func() // optional: the registers are filled, and work begins
}

func (l *load) run(ctx context.Context, workers int) {
	parcels := make([]string, workers)
	for w := range workers {
		parcel := fmt.Sprintf("99-999-%03d-%03d", 100+l.round, w+1)
		l.register(registry.ParcelRegister, parcel, registry.Parcel{
			Number: parcel, Area: 600, Region: "71", District: "7110", Lat: 51.1, Lon: 71.4, X: 500050, Y: 5660000})
		l.register(registry.RightRegister, parcel, registry.Right{Parcel: parcel, Holders: []registry.Holder{{Person: holder, Share: "1/1"}}})
		parcels[w] = parcel
	}
	if l.ready != nil {
		l.ready()
	}
	var wg sync.WaitGroup
	for w, parcel := range parcels {
		wg.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				id := fmt.Sprintf("r%d-%d-%d", l.round, w, n)
				switch {
				case n%4 == 3:
					l.connection(ctx, id, parcel)
				case n%9 == 4:
					l.send(ctx, ack{Kind: "demand", ID: aiqyn.CommandID(id)})
				default:
					l.send(ctx, ack{Kind: "certificate", ID: aiqyn.CommandID(id)})
				}
			}
		})
	}
	wg.Wait()
}

// send carries out one command and reports it; false if there is no answer.
func (l *load) send(ctx context.Context, a ack) (ack, bool) {
	res, err := l.Do(ctx, a.command())
	if err == nil {
		var e store.Entry
		e, err = l.db.Entry(context.Background(), res.Last)
		a.First, a.Last, a.Leaf = res.First, res.Last, hex.EncodeToString(e.Leaf[:])
		if a.Kind != "demand" {
			a.Ref = res.Ref
		}
	}
	if err != nil {
		if ctx.Err() == nil {
			l.failed(a.Kind, err)
		}
		return a, false
	}
	l.acked(a)
	return a, true
}

// connection brings one case to its end.
func (l *load) connection(ctx context.Context, id, parcel string) {
	filed, ok := l.send(ctx, ack{Kind: "file", ID: aiqyn.CommandID(id), Parcel: parcel})
	if !ok {
		return
	}
	for _, kind := range []string{"survey", "decide"} {
		officer := l.drawn(ctx, filed.Ref)
		if officer == "" {
			return
		}
		if _, ok := l.send(ctx, ack{Kind: kind, ID: aiqyn.CommandID(id + kind), Ref: filed.Ref, Officer: officer}); !ok {
			break
		}
	}
	l.send(ctx, ack{Kind: "withdraw", ID: aiqyn.CommandID(id + "w"), Ref: filed.Ref})
}

// drawn waits for the officer of the open step.
func (l *load) drawn(ctx context.Context, ref aiqyn.Reference) aiqyn.OfficerID {
	for ctx.Err() == nil {
		v, err := l.Case(ctx, aiqyn.System, ref)
		if err == nil && v.Officer != "" && v.StepState == StepOpen {
			return aiqyn.OfficerID(v.Officer)
		}
		l.Nudge()
		time.Sleep(15 * time.Millisecond)
	}
	return ""
}
