package casework

import (
	"context"
	"encoding/json"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/service"
	"aiqyn/store"
)

// verdict is what became of one case for power.
type verdict struct {
	grid.Verdict
	granted  bool
	ref      aiqyn.Reference
	who      aiqyn.PersonID
	agent    aiqyn.PersonID // who filed it for them
	imported bool
	node     string // as a former system names it
	here     bool   // of the object alone, and of no transformer
}

// judged gives the network, and what was reserved around, by what a ruling computed.
func (v *verdict) judged(list []computed, sites []grid.Site) {
	v.Network, v.ReservedW = roomOf(list)
	v.Sites = sites
}

// asked gives how much was asked for. Where transformers were noted, what is drawn
// already does not count, and the category does.
func (v *verdict) asked(answers map[string]any) {
	v.LoadW = wattsOf(answers["load"])
	if len(v.Sites) == 0 {
		return
	}
	if v.LoadW > 0 {
		v.LoadW = max(v.LoadW-wattsOf(answers["existing-load"]), 1000)
	}
	v.Demand = map[any]int{"III": 1, "II": 2, "I": 3}[answers["category"]]
}

func wattsOf(kilowatts any) int64 {
	switch kw := kilowatts.(type) {
	case int64:
		return kw * 1000
	case json.Number:
		n, _ := kw.Int64()
		return n * 1000
	case float64:
		return int64(kw) * 1000
	}
	return 0
}

// nodes are the keys of the transformers that the verdict was about.
func (v *verdict) nodes() []string {
	if v.here {
		return nil
	}
	keys := make([]string, 0, len(v.Sites)+1)
	for _, s := range v.Sites {
		keys = append(keys, "trafo\x00"+strconv.Itoa(s.Trafo))
	}
	if v.node != "" {
		keys = append(keys, "name\x00"+v.node)
	}
	return keys
}

// keys are what a verdict is found again by: its transformers, and what it is about,
// which may be "".
func (v *verdict) keys(object string) []string {
	keys := v.nodes()
	if object != "" {
		keys = append(keys, "object\x00"+object)
	}
	return keys
}

// objectKey names what a case is about, "" if about nothing.
func (s *State) objectKey() string {
	if s.Object == "" {
		return ""
	}
	return string(s.Service) + "\x00" + s.Object
}

// marks are keyed hashes of a verdict's keys, other ones for refusals than for grants.
// They go with the case.
func (k *keyring) marks(s *State, v *verdict) []store.Likeness {
	var list []store.Likeness
	for _, key := range v.keys(s.objectKey()) {
		list = append(list, store.Likeness{Band: k.verdictMark(v.granted, key), Case: s.No})
	}
	return list
}

func (k *keyring) verdictMark(granted bool, key string) []byte {
	if granted {
		return k.hash("granted-at", key)
	}
	return k.hash("refused-at", key)
}

// searchIn is the search for connection points that a ruling has made, nil if it has not.
func searchIn(list []computed) *computed {
	for i := len(list) - 1; i >= 0; i-- {
		if with := list[i].With; with == grid.ConnectionPoints1 || with == grid.ConnectionPoints2 || with == grid.ConnectionPoints3 {
			return &list[i]
		}
	}
	return nil
}

// ground is what the question of that search rests on.
func (c *computed) ground() (grid.Ground, error) {
	if c.from != nil {
		return c.from.ground()
	}
	return grid.ReadGround(c.In)
}

// sitesOfGrant are the transformer above the place that a grant names, if there is one.
func (e *Engine) sitesOfGrant(list []computed, place int64) ([]grid.Site, error) {
	search := searchIn(list)
	if search == nil {
		return nil, nil
	}
	ground, err := search.ground()
	if err != nil {
		return nil, err
	}
	m, err := e.modelFor(ground.Network)
	if err != nil {
		return nil, err
	}
	if site, ok := ground.SiteOf(m, int(place)); ok {
		return []grid.Site{site}, nil
	}
	return nil, nil
}

// sitesOfRefusal are all transformers that could have had room, where the reason is
// one of the place.
func (e *Engine) sitesOfRefusal(list []computed, svc *service.Service, reason string) ([]grid.Site, error) {
	search := searchIn(list)
	if of, _ := ofPlace(svc, reason); !of || search == nil {
		return nil, nil
	}
	sites, err := grid.SitesAround(search.In, e.modelFor)
	if err != nil || !wantsConsent(svc, reason) {
		return sites, err
	}
	withheld, err := grid.Withheld(search.In)
	for i := range sites {
		_, sites[i].Consent = slices.BinarySearch(withheld, sites[i].Trafo)
	}
	return sites, err
}

// wantsConsent reports whether a reason of a service rests on somebody who has not agreed.
func wantsConsent(svc *service.Service, reason string) bool {
	if svc == nil {
		return false
	}
	r, ok := svc.Reason(reason)
	return ok && r.About == service.AboutConsent
}

// modelFor is the network of a hash: the one in force is at hand, and the one surveyed.
func (e *Engine) modelFor(hash string) (*grid.Model, error) {
	if c := e.Capacity; c != nil {
		if n := c.network(); n.hash == hash {
			return n.model, nil
		}
		if t := c.tables(); t.Hash == hash {
			return t.Model, nil
		}
	}
	return e.model(hash)
}

// ofPlace reports whether a reason of a service is one of the place, and whether a
// computation shows it: then it is one of every transformer around.
func ofPlace(svc *service.Service, reason string) (is, proven bool) {
	if svc == nil {
		return false, false
	}
	r, ok := svc.Reason(reason)
	return ok && r.OfPlace(), ok && r.Proof != ""
}

// verdictAt is what an event of a case for power has come to, by what was ruled
// before it; ok is false for any other event, and for a refusal of who applied.
func verdictAt(ev *event, s *State, svc *service.Service, rulings []computed, zone *time.Location) (v verdict, ok bool) {
	switch d := ev.data.(type) {
	case *importedCase:
		return importedVerdict(d, svc, zone)
	case *granted:
		v = verdict{Verdict: grid.Verdict{At: ev.at}, granted: true}
		v.judged(rulings, d.At)
		ok = d.Share != ""
	case *refused:
		v = verdict{Verdict: grid.Verdict{At: ev.at}}
		v.judged(rulings, d.At)
		var proven bool
		ok, proven = ofPlace(svc, d.Reason)
		v.here, v.Consent = !proven, wantsConsent(svc, d.Reason)
	}
	v.ref, v.who, v.agent = s.Ref, s.Applicant, s.Agent
	v.asked(s.Answers)
	if a := addedIn(rulings); a != nil && len(v.Sites) > 0 {
		v.LoadW = a.KW * 1000
	}
	return v, ok
}

// importedVerdict is what a former system claims.
func importedVerdict(d *importedCase, svc *service.Service, zone *time.Location) (verdict, bool) {
	v := verdict{
		Verdict: grid.Verdict{At: d.Decided.Start(zone), LoadW: wattsOf(d.Answers["load"])},
		ref:     d.Ref, who: d.Applicant, agent: d.Agent, imported: true, granted: d.Outcome == aiqyn.Granted, node: nodeName(d.Node),
	}
	if d.Trafo != nil {
		v.Sites = []grid.Site{{Trafo: *d.Trafo}}
	}
	if svc == nil || svc.Outcome.Reserves == "" || d.Outcome != aiqyn.Granted && d.Outcome != aiqyn.Refused {
		return v, false
	}
	of, _ := ofPlace(svc, d.Reason)
	v.Consent = wantsConsent(svc, d.Reason)
	return v, v.granted || d.Reason == "" || of
}

// nodeName is a transformer's name as people write it, made alike.
func nodeName(name string) string { return strings.ToUpper(strings.Join(strings.Fields(name), " ")) }

// trafoNamed finds the transformer that a former system names, by its number or by
// the name under which it is published; nil if there is none, or more than one.
func (c *Capacity) trafoNamed(name string) *int {
	if c == nil || name == "" {
		return nil
	}
	var found []int
	for _, p := range c.tables().Places {
		if nodeName(p.Name) == nodeName(name) || strconv.Itoa(p.Trafo) == name {
			found = append(found, p.Trafo)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return &found[0]
}

// verdictOf reads what became of a case, and what it is about; ok is false while it is
// open, and where it was refused for a reason that is not one of the place.
func (e *Engine) verdictOf(ctx context.Context, row store.Case) (v verdict, object string, ok bool, err error) {
	rec, err := e.keys.openRecord(row)
	if err != nil {
		return v, "", false, nil // damaged: the audit says so
	}
	svc, err := e.packs.service(rec.state.Pack, rec.state.Service)
	if err != nil {
		return v, "", false, nil
	}
	entries, err := e.Store.EntriesOf(ctx, row.No, int(row.Seq))
	if err != nil {
		return v, "", false, err
	}
	var rulings []computed
	for _, entry := range entries {
		ev, err := e.decodeEntry(entry, rec.key)
		if err != nil {
			return v, "", false, err
		}
		switch d := ev.data.(type) {
		case *ruled:
			rulings = d.Computed
		case *granted, *refused, *importedCase:
			v, ok = verdictAt(ev, rec.state, svc, rulings, e.Zone)
		}
	}
	return v, rec.state.objectKey(), ok, nil
}

// roomOf reads from what a ruling computed on which network it was, and how much
// was reserved around.
func roomOf(list []computed) (network string, reserved int64) {
	search := searchIn(list)
	if search == nil {
		return "", 0
	}
	ground, err := search.ground()
	if err != nil {
		return "", 0
	}
	return ground.Network, ground.ReservedW()
}

// newVerdicts are the last that were decided, which may not be on disk yet.
type newVerdicts []newVerdict

type newVerdict struct {
	object string // of a service
	keys   []string
	hashes []uint64 // of keys, which are compared first
	verdict
}

// maxNewVerdicts is more than can be on their way to the disk at once.
const maxNewVerdicts = 16 * maxBatch

// about are those that have a key in common, the newest first.
func (n newVerdicts) about(keys []string) (list []newVerdict) {
	hashes := hashesOf(keys)
	for i := range slices.Backward(n) {
		v := &n[i]
		if slices.ContainsFunc(v.hashes, func(h uint64) bool { return slices.Contains(hashes, h) }) &&
			slices.ContainsFunc(v.keys, func(k string) bool { return slices.Contains(keys, k) }) {
			list = append(list, *v)
		}
	}
	return list
}

var verdictSeed = maphash.MakeSeed()

func hashesOf(keys []string) []uint64 {
	list := make([]uint64, len(keys))
	for i, k := range keys {
		list[i] = maphash.String(verdictSeed, k)
	}
	return list
}

func (n newVerdicts) with(object string, v verdict) newVerdicts {
	if len(n) >= maxNewVerdicts {
		n = slices.Clone(n[len(n)/2:])
	}
	keys := v.keys(object)
	return append(n, newVerdict{object, keys, hashesOf(keys), v})
}
