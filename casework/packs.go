package casework

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/service"
	"aiqyn/store"
)

// packs are the versions that cases are pinned to, and the one in force.
type packs struct {
	mu        sync.RWMutex
	inForce   *service.Pack
	byHash    map[string]*service.Pack
	pending   []pendingPack
	calendars map[string]*deadline.Calendar // in force, by name
}

// pendingPack is published and waits for its day.
type pendingPack struct {
	from  deadline.Date
	hash  string
	entry int64 // that published it
}

// load reads every pack that cases may be pinned to. A fresh log begins with
// the pack it was opened with; later ones come by publication only.
func (p *packs) load(ctx ctx, e *Engine) error {
	p.begin(e.BasePack)
	return p.refresh(ctx, e)
}

// begin forgets all packs but the one that a log was opened with.
func (p *packs) begin(base *service.Pack) {
	p.byHash = map[string]*service.Pack{base.Hash(): base}
	p.use(base)
}

// refresh reads the packs that are not here yet, and which of them is in force:
// another process may have published it.
func (p *packs) refresh(ctx ctx, e *Engine) error {
	return p.readNew(ctx, e, func(kind, hash string, err error) error { return fmt.Errorf("%s %s: %w", kind, hash, err) })
}

// readNew is refresh, and leaves to its caller what becomes of a pack that cannot be read.
func (p *packs) readNew(ctx ctx, e *Engine, malformed func(kind, hash string, err error) error) error {
	list, err := e.Store.Snapshots(ctx, "pack")
	if err != nil {
		return err
	}
	for _, s := range list {
		if p.find(s.Hash) != nil {
			continue
		}
		data, err := e.Store.Snapshot(ctx, s.Hash)
		if err != nil {
			return err
		}
		pack, err := parseStored(data, e.Parse)
		if err != nil {
			if err = malformed(packKind, s.Hash, err); err != nil {
				return err
			}
			continue
		}
		p.add(pack)
	}
	inForce, err := e.Store.Setting(ctx, "pack")
	if err != nil || inForce == "" {
		return err
	}
	if pack := p.find(inForce); pack != nil {
		p.use(pack)
	}
	return nil
}

// find is a pack by its hash, nil if it is not here.
func (p *packs) find(hash string) *service.Pack {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.byHash[hash]
}

// storedPack is a pack as it is kept and published: its files.
func storedPack(files []service.File) ([]byte, error) { return json.Marshal(files) }

func parseStored(data []byte, parse func([]service.File) (*service.Pack, error)) (*service.Pack, error) {
	var files []service.File
	if err := json.Unmarshal(data, &files); err != nil {
		return nil, err
	}
	return parse(files)
}

func (p *packs) add(pack *service.Pack) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.byHash[pack.Hash()] = pack
	for _, svc := range pack.Services {
		if svc.Appeal == nil { // a pack from before packs said who hears appeals
			svc.Appeal = p.inForce.Appeal
		}
		if svc.Correction == nil {
			svc.Correction = p.inForce.Correction
		}
	}
}

// use puts a pack into force for cases that are filed from now on. Its
// calendars hold for every open case: a holiday is a holiday for all.
func (p *packs) use(pack *service.Pack) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inForce = pack
	p.calendars = pack.Calendars
}

func (p *packs) current() *service.Pack {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.inForce
}

func (p *packs) calendar(name string) *deadline.Calendar {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.calendars[name]
}

// calendarsNamed are the versions of a calendar in every pack that is here.
func (p *packs) calendarsNamed(name string) (list []*deadline.Calendar) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, pack := range p.byHash {
		if c := pack.Calendars[name]; c != nil {
			list = append(list, c)
		}
	}
	return list
}

// all are the hashes of the packs that are here.
func (p *packs) all() []string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return slices.Collect(maps.Keys(p.byHash))
}

// service finds a service in the version that a case is pinned to.
func (p *packs) service(hash string, id aiqyn.ServiceID) (*service.Service, error) {
	pack := p.find(hash)
	if pack == nil {
		return nil, fmt.Errorf("pack %s is not here", hash)
	}
	svc, ok := pack.Service(id)
	if !ok {
		return nil, fmt.Errorf("pack %s has no service %s", hash, id)
	}
	return svc, nil
}

// Pack returns the pack in force now.
func (e *Engine) Pack() *service.Pack { return e.packs.current() }

// KeepPack keeps the files of the pack the engine was opened with, so that its
// rulings can be made again when a later one is in force.
func (e *Engine) KeepPack(ctx ctx, files []service.File) error {
	data, err := storedPack(files)
	if err != nil {
		return err
	}
	return e.Store.PutSnapshot(ctx, store.Snapshot{Hash: e.BasePack.Hash(), Kind: "pack", Data: data, Added: e.Clock()})
}

// announce makes a published pack known; it takes effect on its day.
func (p *packs) announce(pack *service.Pack, from deadline.Date, entry int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.byHash[pack.Hash()] = pack
	p.pending = append(p.pending, pendingPack{from, pack.Hash(), entry})
}

// due takes the newest pack whose day has come and whose publication is
// witnessed, nil if that is in force.
func (p *packs) due(today deadline.Date, witnessed func(entry int64) bool) *service.Pack {
	p.mu.Lock()
	defer p.mu.Unlock()
	var newest pendingPack
	var later []pendingPack
	for _, next := range p.pending {
		switch {
		case today.Before(next.from) || !witnessed(next.entry):
			later = append(later, next)
		case !next.from.Before(newest.from):
			newest = next
		}
	}
	p.pending = later
	if newest.hash == p.inForce.Hash() {
		return nil
	}
	return p.byHash[newest.hash]
}
