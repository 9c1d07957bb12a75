package casework

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"aiqyn"
)

// PlaceFilter narrows who gives places of a service. Zero values are all.
type PlaceFilter struct {
	Region, District string // codes
	Elsewhere        string // code of a region that is left out
	Group            string // as registers call it: "kk-2023"
	Language         string // of the group
	Born             string // first day of birth that it is for, 2006-01-02
	Name             string // letters of the institution's title
	Timed            bool   // its places have a time
}

func (f *PlaceFilter) has(g *placeGroup) bool {
	i := &g.institution
	return (f.Region == "" || i.Region == f.Region) && (f.District == "" || i.District == f.District) && (f.Elsewhere == "" || i.Region != f.Elsewhere) &&
		(f.Group == "" || g.group.ID == f.Group) && (f.Language == "" || g.group.Is["language"] == f.Language) && (f.Born == "" || g.group.Is["from"] == f.Born) &&
		(!f.Timed || g.zone != nil) && (f.Name == "" || titled(i.Title, f.Name))
}

// titled reports whether a title has some letters in any language, however they are
// written.
func titled(title aiqyn.Text, letters string) bool {
	letters = strings.ToLower(strings.TrimSpace(letters))
	return slices.ContainsFunc([]string{title.KK, title.RU, title.EN}, func(s string) bool { return strings.Contains(strings.ToLower(s), letters) })
}

// known notes a group in the order of groups, or takes it out again.
func (q *queue) known(id string, is bool) {
	i, there := slices.BinarySearch(q.sorted, id)
	switch {
	case is && !there:
		q.sorted = slices.Insert(q.sorted, i, id)
	case !is && there:
		q.sorted = slices.Delete(q.sorted, i, i+1)
	}
}

// matching yields the groups behind one, in the order of their numbers, that a filter
// lets pass; the caller holds the lock.
func (q *queue) matching(f *PlaceFilter, after string) iter.Seq[*placeGroup] {
	return func(yield func(*placeGroup) bool) {
		from, there := slices.BinarySearch(q.sorted, after)
		if there {
			from++
		}
		for _, id := range q.sorted[from:] {
			if g := q.groups[id]; f.has(g) && !yield(g) {
				return
			}
		}
	}
}

// ofInstitution yields the groups of an institution, by name; the caller holds the lock.
func (q *queue) ofInstitution(id string) iter.Seq[*placeGroup] {
	return func(yield func(*placeGroup) bool) {
		from, _ := slices.BinarySearch(q.sorted, id+"/")
		for _, group := range q.sorted[from:] {
			if !strings.HasPrefix(group, id+"/") || !yield(q.groups[group]) {
				return
			}
		}
	}
}

// Places lists the groups of those who give places of a service.
func (e *Engine) Places(svc aiqyn.ServiceID, f PlaceFilter, p Page) List[GroupView] {
	e.queues.mu.RLock()
	defer e.queues.mu.RUnlock()
	var out List[GroupView]
	q := e.queues.of[svc]
	if q == nil {
		return out
	}
	now := e.Clock()
	for g := range q.matching(&f, p.After) {
		if len(out.Items) == p.limit() {
			out.Next = out.Items[len(out.Items)-1].ID
			break
		}
		out.Items = append(out.Items, q.group(svc, g, now))
	}
	return out
}

// Place is one group of a service.
func (e *Engine) Place(svc aiqyn.ServiceID, id string) (GroupView, error) {
	g, ok := e.queues.groupView(svc, seatGroup(id), e.Clock())
	if !ok {
		return g, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return g, nil
}

// GiverView is who gives places of a service, with the sums of its groups.
type GiverView struct {
	InstitutionView
	Groups, Places, Free, Waiting int
}

// mostOnMap is how many institutions a map has at most.
const mostOnMap = 1500

// Givers lists the institutions that give places of a service, by the sums of those of
// their groups that a filter lets pass.
func (e *Engine) Givers(svc aiqyn.ServiceID, f PlaceFilter, p Page) List[GiverView] {
	return e.givers(svc, f, p.After, p.limit())
}

// GiversOnMap are as many of them as a map has; Next is set if there are more.
func (e *Engine) GiversOnMap(svc aiqyn.ServiceID, f PlaceFilter) List[GiverView] {
	return e.givers(svc, f, "", mostOnMap)
}

func (e *Engine) givers(svc aiqyn.ServiceID, f PlaceFilter, after string, limit int) List[GiverView] {
	e.queues.mu.RLock()
	defer e.queues.mu.RUnlock()
	var out List[GiverView]
	q := e.queues.of[svc]
	if q == nil {
		return out
	}
	if after != "" {
		after += "/\xff" // behind all of its groups
	}
	now := e.Clock()
	for g := range q.matching(&f, after) {
		last := len(out.Items) - 1
		if last < 0 || out.Items[last].ID != g.institution.ID {
			if len(out.Items) == limit {
				out.Next = out.Items[last].ID
				break
			}
			out.Items, last = append(out.Items, GiverView{}), last+1
		}
		out.Items[last].add(g, q.group(svc, g, now))
	}
	return out
}

// Giver is one institution that gives places of a service.
func (e *Engine) Giver(svc aiqyn.ServiceID, id string) (v GiverView, ok bool) {
	e.queues.mu.RLock()
	defer e.queues.mu.RUnlock()
	if q := e.queues.of[svc]; q != nil {
		for g := range q.ofInstitution(id) {
			v.add(g, q.group(svc, g, e.Clock()))
		}
	}
	return v, v.Groups > 0
}

func (v *GiverView) add(g *placeGroup, shown GroupView) {
	v.InstitutionView = institutionView(g)
	v.Groups++
	v.Places, v.Free, v.Waiting = v.Places+shown.Places, v.Free+shown.Free(), v.Waiting+shown.Waiting
}

// mostFacets is how many values of a kind a filter offers.
const mostFacets = 250

// PlaceFacets are what places of a service can be narrowed by.
type PlaceFacets struct {
	Regions, Districts, Languages []string
	Born                          [][2]string // first and last day
	Kinds                         []GroupView // one of each
}

// PlaceFacets lists what there is to narrow places by.
func (e *Engine) PlaceFacets(svc aiqyn.ServiceID) PlaceFacets {
	e.queues.mu.RLock()
	defer e.queues.mu.RUnlock()
	q := e.queues.of[svc]
	if q == nil {
		return PlaceFacets{}
	}
	regions, districts, languages, born, kinds := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[[2]string]bool{}, map[string]*placeGroup{}
	for _, g := range q.groups {
		regions[g.institution.Region], districts[g.institution.District], languages[g.group.Is["language"]] = true, true, true
		born[[2]string{g.group.Is["from"], g.group.Is["to"]}] = true
		if was := kinds[g.group.ID]; was == nil || g.id < was.id {
			kinds[g.group.ID] = g
		}
	}
	v := PlaceFacets{Regions: facets(regions), Districts: facets(districts), Languages: facets(languages)}
	for b := range born {
		if b[0] != "" && b[1] != "" {
			v.Born = append(v.Born, b)
		}
	}
	slices.SortFunc(v.Born, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	for _, name := range facets(slicesOf(kinds)) {
		g := kinds[name]
		v.Kinds = append(v.Kinds, GroupView{ID: g.id, Name: g.group.ID, Is: g.group.Is, Title: g.group.Title})
	}
	v.Born = v.Born[:min(len(v.Born), mostFacets)]
	return v
}

func slicesOf[T any](m map[string]T) map[string]bool {
	names := make(map[string]bool, len(m))
	for name := range m {
		names[name] = true
	}
	return names
}

func facets(of map[string]bool) []string {
	delete(of, "")
	list := slices.Sorted(maps.Keys(of))
	return list[:min(len(list), mostFacets)]
}

// QueueLine is a queue as a whole.
type QueueLine struct {
	Service              aiqyn.ServiceID
	Timed                bool // its places have a time
	Givers, Places, Free int
	Waiting, Unproven    int    // cases; of them by a date that only a former system claims
	Given, Rounds        int    // places that rounds gave in the last weeks, and in how many rounds
	Weeks                int    // how many weeks these are, 0: there was no round
	Last                 string // day of the newest round
}

// Wait is in how many weeks as many are given a place as wait now, at the pace of the
// last weeks; 0 if none was given in these.
func (l QueueLine) Wait() int {
	if l.Given == 0 {
		return 0
	}
	return max(1, (l.Waiting*l.Weeks+l.Given-1)/l.Given)
}

// Queues lists the queues of the pack in force.
func (e *Engine) Queues() []QueueLine {
	var list []QueueLine
	now := e.Clock()
	for _, svc := range e.queueServices() {
		line := QueueLine{Service: svc.ID, Timed: svc.Queue.Slots != nil}
		e.queues.mu.RLock()
		if q := e.queues.of[svc.ID]; q != nil {
			last := ""
			for _, id := range q.sorted {
				v := q.group(svc.ID, q.groups[id], now)
				if line.Places, line.Free = line.Places+v.Places, line.Free+v.Free(); v.Institution.ID != last {
					last = v.Institution.ID
					line.Givers++
				}
			}
			line.Waiting, line.Unproven = len(q.waits), q.unproven
			for _, r := range slices.Backward(q.rounds) {
				if now.Sub(r.at) >= forecastWeeks*aWeek {
					break
				}
				line.Last = cmp.Or(line.Last, r.committed.Day)
				line.Rounds++
				if line.Weeks = int(now.Sub(r.at)/aWeek) + 1; r.drawn != nil {
					line.Given += r.drawn.Matched
				}
			}
		}
		e.queues.mu.RUnlock()
		list = append(list, line)
	}
	return list
}
