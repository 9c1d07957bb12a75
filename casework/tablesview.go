package casework

import (
	"context"
	"slices"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/grid"
)

// What pages show of a difference, by the names of the room that finds it.
type (
	ElementChange = grid.ElementChange
	RatingChange  = grid.RatingChange
)

// ElementChanged is what has become of an element that both networks have.
const ElementChanged = grid.Changed

// TablesState is what an act has come to.
type TablesState string

// States of acts about tables.
const (
	TablesCame      TablesState = "in-force"  // by this act; others may have come since
	TablesWait      TablesState = "waits"     // for an overseer
	TablesConfirmed TablesState = "confirmed" // it has asked, and they came into force
	TablesDeclined  TablesState = "declined"
	TablesVoid      TablesState = "void" // others came into force before anybody answered
)

// TablesView is an act by which tables of the network came into force, or one that waits
// for a second person, as anybody may see it.
type TablesView struct {
	Entry    int64
	At       time.Time
	State    TablesState
	Reason   TablesReason
	Words    string
	Was      int64      // entry by which those before came into force; −1: there were none
	Asked    int64      // entry that has asked for it; −1: the first of a log, which nobody has countersigned
	AskedAt  time.Time  //
	AskedBy  aiqyn.Role // offices, not people
	Answered aiqyn.Role // of the second person; "" of the first act, and where nobody has answered
	Network  string     // hashes
	Costs    string
	Places   string
	Streets  string // "": none
	Upgrades string // "": none
	Detour   int    // permille of the straight line
	// Change is the hash of the difference to those before, "" of the first. While something
	// of the network is classified nobody is told what has changed, nor handed the network.
	Change   string
	Changed  []ElementCount
	Largest  *grid.RatingChange
	Withheld bool
}

// TablesWaiting is one that waits, as who answers it sees it: with who has brought it.
type TablesWaiting struct {
	TablesView
	By  aiqyn.OfficerID
	Own bool // the viewer has brought it, and cannot answer it
}

// TablesDetail is an act with what it has changed, page by page.
type TablesDetail struct {
	TablesView
	Elements []grid.ElementChange
	Next     string
	Listed   int // how many are listed in all
	Total    int // how many have changed
}

// TablesInForce is the act by which the tables in force came to be; ok is false where
// none is on record.
func (e *Engine) TablesInForce(ctx context.Context) (v TablesView, ok bool, err error) {
	list, err := e.TablesHistory(ctx, Page{Limit: 1})
	if err != nil || len(list.Items) == 0 {
		return v, false, err
	}
	return list.Items[0], true, nil
}

// TablesHistory lists the acts by which tables came into force, the newest first.
func (e *Engine) TablesHistory(ctx context.Context, p Page) (List[TablesView], error) {
	var out List[TablesView]
	from, err := before(p.After)
	if err != nil {
		return out, err
	}
	acts, open, err := e.tablesSeen(ctx)
	if err != nil {
		return out, err
	}
	came := inForceOf(acts)
	slices.Reverse(came)
	came = slices.DeleteFunc(came, func(ev *event) bool { return ev.index >= from })
	came, out.Next = onePage(came[:min(len(came), p.limit()+1)], p, func(ev *event) int64 { return ev.index })
	for _, ev := range came {
		out.Items = append(out.Items, tablesView(acts, ev, open))
	}
	return out, nil
}

// tablesSeen are all acts, and whether the public sees all of the network.
func (e *Engine) tablesSeen(ctx context.Context) (acts []*event, open bool, err error) {
	policy, err := e.policy(ctx)
	if err != nil {
		return nil, false, err
	}
	acts, err = e.tablesActs(ctx)
	return acts, policy.Open(), err
}

// TablesAsked lists those that wait for an overseer, the newest first.
func (e *Engine) TablesAsked(ctx context.Context) (list []TablesView, err error) {
	acts, open, err := e.tablesSeen(ctx)
	for _, ev := range slices.Backward(waitingTables(acts)) {
		if len(list) < mostBrought {
			list = append(list, tablesView(acts, ev, open))
		}
	}
	return list, err
}

// TablesWait lists them for who answers them: whole, whatever the public sees.
func (e *Engine) TablesWait(ctx context.Context, viewer aiqyn.Actor) (list []TablesWaiting, err error) {
	if err := access.Check(viewer.Role, access.ActionConfirmTables, access.None); err != nil {
		return nil, err
	}
	acts, err := e.tablesActs(ctx)
	for _, ev := range slices.Backward(waitingTables(acts)) {
		if len(list) < mostBrought {
			list = append(list, TablesWaiting{tablesView(acts, ev, true), ev.actor.Officer, ev.actor.Officer == viewer.Officer})
		}
	}
	return list, err
}

// TablesChange is an act with what it has changed, from a place in the list on. An
// overseer sees it whole, whatever the public sees.
func (e *Engine) TablesChange(ctx context.Context, viewer aiqyn.Actor, entry int64, p Page) (TablesDetail, error) {
	var out TablesDetail
	acts, open, err := e.tablesSeen(ctx)
	if err != nil {
		return out, err
	}
	i := slices.IndexFunc(acts, func(ev *event) bool { return ev.index == entry && ev.kind != EventTablesDeclined })
	if i < 0 {
		return out, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	open = open || access.Check(viewer.Role, access.ActionConfirmTables, access.None) == nil
	out.TablesView = tablesView(acts, acts[i], open)
	if out.Withheld || out.Change == "" {
		return out, nil
	}
	from := 0
	if p.After != "" {
		n, err := after(p.After)
		if err != nil {
			return out, err
		}
		from = int(max(n, 0))
	}
	change, err := e.changeAt(ctx, out.Change)
	if err != nil {
		return out, err
	}
	for _, c := range change.Counts {
		out.Total += c.Added + c.Changed + c.Removed
	}
	out.Listed = len(change.Elements)
	from = min(from, out.Listed)
	to := min(from+p.limit(), out.Listed)
	if out.Elements = change.Elements[from:to]; to < out.Listed {
		out.Next = strconv.Itoa(to)
	}
	return out, nil
}

// tablesView is one act; open unless something of the network is classified.
func tablesView(acts []*event, ev *event, open bool) TablesView {
	d := ev.data.(*tablesAct)
	v := TablesView{
		Entry: ev.index, At: ev.at, State: TablesCame, Reason: d.Reason, Words: d.Words, Was: d.Was, Asked: d.Asked,
		AskedAt: ev.at, AskedBy: ev.actor.Role, Network: d.Network, Costs: d.Costs, Places: d.Places, Streets: d.Streets, Upgrades: d.Upgrades, Detour: d.Detour,
	}
	if i := slices.IndexFunc(acts, func(of *event) bool { return of.index == d.Asked && of.kind == EventTablesAsked }); i >= 0 {
		v.AskedAt, v.AskedBy, v.Answered = acts[i].at, acts[i].actor.Role, ev.actor.Role
	}
	if ev.kind == EventTablesAsked {
		v.State, v.Answered = answerOf(acts, ev)
	}
	if v.Withheld = !open; !v.Withheld {
		v.Change, v.Changed, v.Largest = d.Change, d.Changed, d.Largest
	}
	return v
}

// answerOf is what has become of what an act has asked for, and by which office.
func answerOf(acts []*event, asked *event) (TablesState, aiqyn.Role) {
	for _, ev := range acts {
		if ev.kind == EventTablesAsked || ev.data.(*tablesAct).Asked != asked.index {
			continue
		}
		if ev.kind == EventTables {
			return TablesConfirmed, ev.actor.Role
		}
		return TablesDeclined, ev.actor.Role
	}
	if slices.Contains(waitingTables(acts), asked) {
		return TablesWait, ""
	}
	return TablesVoid, ""
}
