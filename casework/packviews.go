package casework

import (
	"context"
	"encoding/json"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/service"
)

// PackView is a pack in force, one that waits for its day, or one that waits for
// its second signature.
type PackView struct {
	Hash, Name, Version string
	From                deadline.Date
	SignedBy            aiqyn.OfficerID // first; of one that waits for the second
	Signed              time.Time
	Changes             []PackChange           // against the pack in force
	Missing             []service.CompetentLog // that it sends applications to, and that cannot be told yet
}

// PackChange is one part of a pack that is not as it is in force.
type PackChange struct {
	Kind  string     // "new", "changed", "gone"
	Name  string     // of the service, or of the part
	Title aiqyn.Text // of the service, as it will be or was last; zero: another part
}

// PackNotice is how many days before its effect a pack must be signed by both.
const PackNotice = packNotice

// SignedPacks lists the packs that one publisher has signed and a second has
// not, as long as they can still take effect on their day.
func (e *Engine) SignedPacks(ctx context.Context, viewer aiqyn.Actor) ([]PackView, error) {
	if viewer.Role != aiqyn.RolePublisher {
		return nil, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	acts, err := e.actsOf(ctx, EventPublished, EventPackSigned)
	done := make(map[packSigned]bool)
	var list []PackView
	for _, ev := range acts {
		switch d := ev.data.(type) {
		case *published:
			done[packSigned{From: d.From, Pack: d.Pack}] = true
		case *packSigned:
			if !done[*d] {
				list = e.addSigned(list, ev, d)
			}
		}
	}
	return list, err
}

func (e *Engine) addSigned(list []PackView, ev *event, d *packSigned) []PackView {
	from, err := deadline.ParseDate(d.From)
	if err != nil || from.Start(e.Zone).Before(e.Clock().AddDate(0, 0, packNotice)) {
		return list
	}
	e.packs.mu.RLock()
	pack, inForce := e.packs.byHash[d.Pack], e.packs.inForce
	e.packs.mu.RUnlock()
	if pack == nil { // signed before such packs were kept
		return list
	}
	return append(list, PackView{
		Hash: d.Pack, Name: pack.Name, Version: pack.Version, From: from, SignedBy: ev.actor.Officer, Signed: ev.at, Changes: differences(inForce, pack),
		Missing: MissingLogs(pack, e.Shards, e.isOwn),
	})
}

// differences names the services that are new, changed or gone.
func differences(was, next *service.Pack) []PackChange {
	var list []PackChange
	for _, svc := range next.Services {
		switch old, ok := was.Service(svc.ID); {
		case !ok:
			list = append(list, PackChange{"new", string(svc.ID), svc.Title})
		case old.Hash() != svc.Hash():
			list = append(list, PackChange{"changed", string(svc.ID), svc.Title})
		}
	}
	for _, svc := range was.Services {
		if _, ok := next.Service(svc.ID); !ok {
			list = append(list, PackChange{"gone", string(svc.ID), svc.Title})
		}
	}
	for name, cal := range next.Calendars {
		if old := was.Calendars[name]; old == nil || old.Version() != cal.Version() {
			list = append(list, PackChange{Kind: "changed", Name: "calendars/" + name})
		}
	}
	if len(list) == 0 && was.Hash() != next.Hash() {
		list = append(list, PackChange{Kind: "changed", Name: "pack.yaml"})
	}
	return list
}

// PackFiles returns the files of a pack that lies here.
func (e *Engine) PackFiles(ctx context.Context, hash string) ([]service.File, error) {
	data, err := e.Store.Snapshot(ctx, hash)
	if err != nil {
		return nil, err
	}
	var files []service.File
	if data == nil || json.Unmarshal(data, &files) != nil {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return files, nil
}
