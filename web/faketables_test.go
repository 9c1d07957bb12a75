package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/grid"
)

// someTables are the acts by which tables came into force, the newest first, and one that
// waits for an overseer.
func someTables() (inForce []casework.TablesView, waits casework.TablesView) {
	hash := func(s string) string { return strings.Repeat(s, 32) }
	first := casework.TablesView{
		Entry: 17, At: now.AddDate(0, -6, 0), Reason: casework.ReasonFirst, Words: "Set up", State: casework.TablesCame, Was: -1, Asked: -1, AskedAt: now.AddDate(0, -6, 0), AskedBy: aiqyn.RoleOperator,
		Network: hash("0a"), Costs: hash("0b"), Places: hash("0c"), Detour: 1300,
	}
	second := first
	second.Entry, second.At, second.Reason, second.Words, second.Was, second.Asked, second.Answered = 61, now, casework.ReasonWorks, "TP-7 was replaced, act 17", 40, 60, aiqyn.RoleOverseer
	second.Network, second.Streets, second.Upgrades, second.Change = hash("1a"), hash("1d"), hash("1e"), hash("1f")
	second.Changed = []casework.ElementCount{{Added: 1, Element: grid.ElementBus}, {Changed: 2, Element: grid.ElementTrafo, Removed: 1}}
	second.Largest = &grid.RatingChange{Element: grid.ElementTrafo, ID: 7, Is: 400_000, Was: 250_000}
	hidden := second // of a network a part of which is classified
	hidden.Entry, hidden.Was, hidden.Asked, hidden.Changed, hidden.Largest, hidden.Withheld = 40, 17, 39, nil, nil, true
	waits = second
	waits.Entry, waits.State, waits.Asked, waits.Answered, waits.Was = 66, casework.TablesWait, -1, "", 61
	waits.Largest = &grid.RatingChange{Element: grid.ElementLine, ID: 4001, Is: -1, Was: 270_000}
	return []casework.TablesView{second, hidden, first}, waits
}

func (f *fake) TablesHistory(context.Context, casework.Page) (casework.List[casework.TablesView], error) {
	list, _ := someTables()
	return casework.List[casework.TablesView]{Items: list}, f.down
}

func (f *fake) TablesInForce(context.Context) (casework.TablesView, bool, error) {
	list, _ := someTables()
	return list[0], true, f.down
}

func (f *fake) TablesAsked(context.Context) ([]casework.TablesView, error) {
	_, waits := someTables()
	return []casework.TablesView{waits}, f.down
}

func (f *fake) TablesWait(context.Context, aiqyn.Actor) ([]casework.TablesWaiting, error) {
	_, waits := someTables()
	own := casework.TablesWaiting{TablesView: waits, By: "overseer-01", Own: true}
	own.Entry = 69
	return []casework.TablesWaiting{{TablesView: waits, By: "operator-01"}, own}, f.down
}

func (f *fake) TablesChange(_ context.Context, _ aiqyn.Actor, entry int64, _ casework.Page) (casework.TablesDetail, error) {
	list, waits := someTables()
	declined, void := waits, waits
	declined.Entry, declined.State, declined.Answered = 58, casework.TablesDeclined, aiqyn.RoleOverseer
	void.Entry, void.State = 57, casework.TablesVoid
	for _, t := range append(list, waits, declined, void) {
		if t.Entry != entry {
			continue
		}
		d := casework.TablesDetail{TablesView: t}
		if t.Change != "" {
			d.Listed, d.Total, d.Next = 3, 4, "2"
			d.Elements = []grid.ElementChange{
				{Element: grid.ElementBus, ID: 44, What: grid.Added}, {Element: grid.ElementTrafo, ID: 9, What: grid.Removed},
				{Element: grid.ElementTrafo, ID: 7, What: grid.Changed, Fields: []grid.FieldChange{{Field: "sn_kva", Is: json.RawMessage("400"), Was: json.RawMessage("250")}, {Field: "name", Is: json.RawMessage(`"ТП-7"`), Was: json.RawMessage("null")}}},
			}
		}
		return d, f.down
	}
	return casework.TablesDetail{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
}

// TestTablesAreAnsweredByForm: an overseer sees what an operator has brought and what it
// changes, and says yes or no with a ground; what they have brought themselves waits for
// somebody else.
func TestTablesAreAnsweredByForm(t *testing.T) {
	for task, sent := range map[string]func(any) (casework.ConfirmTables, bool){
		"confirm-tables": func(c any) (casework.ConfirmTables, bool) { is, ok := c.(casework.ConfirmTables); return is, ok },
		"decline-tables": func(c any) (casework.ConfirmTables, bool) {
			is, ok := c.(casework.DeclineTables)
			return casework.ConfirmTables(is), ok
		},
	} {
		f := newFake(t)
		s := newServer(t, f, nil)
		if page := ask(s, "overseer", "/en/office", nil).Body.String(); !strings.Contains(page, "/en/office/"+task+"?entry=66") || strings.Contains(page, task+"?entry=69") {
			t.Errorf("%s: the overseer does not find it, or finds their own", task)
		}
		page := ask(s, "overseer", "/en/office/"+task+"?entry=66", nil).Body.String()
		for _, want := range []string{"TP-7 was replaced, act 17", "operator-01", "something was built", "transformer: 1 removed, 2 changed", "no limit", strings.Repeat("1a", 32), "/en/capacity-tables/66"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page has no %s", task, want)
			}
		}
		form := url.Values{"command": {commandOf(t, page)}, "entry": {"66"}, "ground": {"Held against the act of works"}}
		if w := ask(s, "operator", "/en/office/"+task, form); w.Code != http.StatusForbidden || len(f.sent) != 0 {
			t.Errorf("%s: of an operator %d", task, w.Code)
		}
		if w := ask(s, "overseer", "/en/office/"+task, form); w.Code != http.StatusSeeOther || len(f.sent) != 1 {
			t.Fatalf("%s: status %d, %d commands", task, w.Code, len(f.sent))
		}
		if got, ok := sent(f.sent[0]); !ok || got.Entry != 66 || got.Ground != "Held against the act of works" || got.Actor.Role != "overseer" {
			t.Errorf("sent %+v", f.sent[0])
		}
		if w := ask(s, "overseer", "/en/office/"+task+"?entry=99", nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: of an entry that is none %d", task, w.Code)
		}
	}
}

// TestTablesAreSeen: anybody reads what came into force, when, by which offices, and what
// it has changed; the list and each transformer lead there.
func TestTablesAreSeen(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for path, want := range map[string][]string{
		"/en/capacity":           {"/en/capacity-tables"},
		"/en/capacity/7":         {"/en/capacity-tables/61", "by entry 61"},
		"/en/capacity-tables":    {"operator of the system, then anti-corruption overseer", "needs no second person", "Waits for an overseer", "bus: 1 added; transformer: 1 removed, 2 changed", "/en/capacity-tables/17"},
		"/en/capacity-tables/61": {"sn_kva: 250 → 400", "250\u00a0kVA → 400\u00a0kVA", "/published/networks/" + strings.Repeat("1a", 32) + ".json", "/published/tables/" + strings.Repeat("1f", 32) + ".json", "bus 44", "transformer 9", "removed", "The first 3 of 4 changes are listed", "/en/capacity-tables/40", strings.Repeat("1f", 32)},
		"/en/capacity-tables/66": {"Tables that entry 66 has brought", "waits for an overseer"},
		"/en/capacity-tables/58": {"operator of the system; declined by: anti-corruption overseer"},
		"/en/capacity-tables/57": {"others came into force before an answer"},
		"/en/capacity-tables/17": {"the log begins with these", "Of the straight line"},
	} {
		page := ask(s, "", path, nil).Body.String()
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s has no %q", path, w)
			}
		}
	}
	for _, path := range []string{"/en/capacity-tables/18", "/en/capacity-tables/x"} {
		if w := ask(s, "", path, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
