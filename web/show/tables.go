package show

import (
	"strconv"
	"strings"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// TablesBy says by which offices tables of the network came into force, or wait.
func TablesBy(v *visit.Visit, t casework.TablesView) string {
	first := v.T("role." + string(t.AskedBy))
	switch {
	case t.State == casework.TablesWait || t.State == casework.TablesVoid:
		return v.T("web.tables.by-"+string(t.State), "first", first)
	case t.Answered == "":
		return v.T("web.tables.by-one", "first", first)
	case t.State == casework.TablesDeclined:
		return v.T("web.tables.by-declined", "first", first, "second", v.T("role."+string(t.Answered)))
	}
	return v.T("web.tables.by-two", "first", first, "second", v.T("role."+string(t.Answered)))
}

// TablesChanged says in short what has changed.
func TablesChanged(v *visit.Visit, t casework.TablesView) string {
	switch {
	case t.Was < 0:
		return v.T("web.tables.nothing-before")
	case t.Withheld:
		return v.T("web.tables.withheld")
	}
	list := make([]string, len(t.Changed))
	for i, n := range t.Changed {
		var parts []string
		for _, c := range []struct {
			key string
			n   int
		}{{"added", n.Added}, {"removed", n.Removed}, {"changed", n.Changed}} {
			if c.n > 0 {
				parts = append(parts, v.T("web.tables.count-"+c.key, "n", c.n))
			}
		}
		list[i] = v.T("web.tables.element-"+n.Element) + ": " + strings.Join(parts, ", ")
	}
	return strings.Join(list, "; ")
}

// TablesLargest is the largest change of a rating; "" if none has changed.
func TablesLargest(v *visit.Visit, t casework.TablesView) string {
	r := t.Largest
	if r == nil {
		return ""
	}
	value := func(n int64) string {
		switch {
		case n < 0:
			return v.T("web.tables.no-limit")
		case r.Element == "trafo":
			return locale.KilovoltAmpere(v.Lang, n)
		}
		return locale.Number(v.Lang, n/1000) + " A"
	}
	return v.T("web.tables.largest-is", "element", v.T("web.tables.element-"+r.Element), "id", r.ID, "was", value(r.Was), "is", value(r.Is))
}

// TablesFiles lead to the published files of what an act names. While a part of the network
// is classified, the network, places and what has changed are not handed out.
func TablesFiles(v *visit.Visit, t casework.TablesView) (list []ui.Link) {
	for _, f := range []struct {
		key, folder, hash string
		hidden            bool
	}{
		{"network", "networks", t.Network, t.Withheld}, {"costs", "costs", t.Costs, false}, {"upgrades", "upgrades", t.Upgrades, false},
		{"places", "places", t.Places, t.Withheld}, {"streets", "streets", t.Streets, false}, {"change", "tables", t.Change, t.Withheld},
	} {
		if f.hash != "" && !f.hidden {
			list = append(list, ui.Link{Href: "/published/" + f.folder + "/" + f.hash + ".json", Text: v.T("web.tables." + f.key)})
		}
	}
	return list
}

// TablesRows tell what an act names, for a page of its own and for who answers it.
func TablesRows(v *visit.Visit, t casework.TablesView) []ui.Row {
	file := func(folder, hash string) ui.Row {
		r := ui.Row{Key: v.T("web.tables." + folder), Value: hash}
		if hash == "" {
			r.Value = v.T("web.tables.no-table")
		}
		return r
	}
	entry := func(key string, n int64) ui.Row {
		return ui.Row{Key: v.T("web.tables." + key), Value: strconv.FormatInt(n, 10)}
	}
	rows := []ui.Row{
		{Key: v.T("web.tables.when"), Value: locale.DateTime(v.Lang, t.At)}, {Key: v.T("web.tables.by"), Value: TablesBy(v, t)},
		{Key: v.T("web.tables.reason"), Value: v.T("web.tables.reason-" + string(t.Reason))},
	}
	if t.Reason != casework.ReasonFirst {
		rows = append(rows, ui.Row{Key: v.T("web.tables.words"), Value: t.Words})
	}
	rows = append(rows, ui.Row{Key: v.T("web.tables.changed"), Value: TablesChanged(v, t)})
	if largest := TablesLargest(v, t); largest != "" {
		rows = append(rows, ui.Row{Key: v.T("web.tables.largest"), Value: largest})
	}
	rows = append(rows, file("network", t.Network), file("costs", t.Costs), file("upgrades", t.Upgrades), file("places", t.Places), file("streets", t.Streets),
		ui.Row{Key: v.T("web.tables.detour"), Value: locale.Number(v.Lang, int64(t.Detour)) + " ‰"})
	if t.Change != "" {
		rows = append(rows, file("change", t.Change))
	}
	rows = append(rows, entry("entry", t.Entry))
	if t.Asked >= 0 {
		rows = append(rows, entry("asked", t.Asked))
	}
	if t.Was >= 0 {
		rows = append(rows, entry("was", t.Was))
	}
	return rows
}
