package show

import (
	"cmp"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// WithInstitutions is a service whose questions for an institution have what was
// answered as their option, by its name.
func WithInstitutions(v *visit.Visit, svc *service.Service, answers map[string]string) *service.Service {
	if svc.Queue == nil {
		return svc
	}
	with := *svc
	with.Ask = slices.Clone(svc.Ask)
	for i := range with.Ask {
		q := &with.Ask[i]
		if g, ok := v.Engine.Giver(svc.ID, answers[q.Name]); q.Type == service.TypeInstitution && ok {
			q.Of = []service.Choice{GiverChoice(v, g)}
		}
	}
	return &with
}

// GiverChoice is who gives places as an answer, with how many are free and how many wait.
func GiverChoice(v *visit.Visit, g casework.GiverView) service.Choice {
	hint := v.T("web.queue.hint", "free", g.Free, "waiting", g.Waiting)
	return service.Choice{Value: g.ID, Label: g.Title, Hint: aiqyn.Text{KK: hint, RU: hint, EN: hint}}
}

// Queue is where a case stands in its queue, on its page.
type Queue struct {
	Kind, Title string
	Texts       []string
	Lines       *ui.List // nil: it waits for nothing now
	Points      *ui.List // nil: points rank nobody here
	Links       []ui.Link
	Restore     string // id of the command that ends the stop; "" if it may not
	Again       string // of the one that has registers read again
	Action      string
	Slots       *Slots // nil: places have no time
}

// InQueue shows where a case stands; nil if it waits in no queue.
func InQueue(v *visit.Visit, c *casework.CaseView) *Queue {
	q := c.Queue
	if q == nil {
		return nil
	}
	out := &Queue{Kind: "plain", Title: v.T("web.queue.state." + string(q.State)), Action: v.Href("cases", c.Ref, "queue")}
	first := v.T("web.queue.first", "at", locale.DateTime(v.Lang, q.First))
	if q.Claim != nil {
		first += " " + claimed(v, q.Claim)
	} else if q.Kept != 0 {
		first += " " + v.T("web.queue.kept", "entry", q.Kept)
	}
	tier := v.T("web.queue.tier", "tier", v.In(q.Tier.Text)) + " " + Law(v, q.Tier.Law)
	switch q.State {
	case casework.QueueWaiting:
		out.Texts = []string{first, tier, v.T("web.queue.next")}
		out.Lines = lines(v, c)
	case casework.QueueOffered, casework.QueueTaken:
		out.Kind, out.Texts = "good", []string{v.T("web.queue.offered", "place", group(v, q.Group)), v.T("web.queue.offer-only")}
	case casework.QueueStopped:
		out.Kind, out.Texts = "warn", []string{v.T("web.queue.until", "date", q.Until), first}
		if !q.Restore.IsZero() {
			out.Texts = append(out.Texts, v.T("web.queue.may-restore", "date", q.Restore))
		}
	case casework.QueuePlaced:
		out.Kind, out.Texts = "good", []string{v.T("web.queue.placed", "place", group(v, q.Group)), v.T("web.queue.move")}
	case casework.QueueMoved, casework.QueueLeft:
		out.Texts = []string{v.T("web.queue.back")}
	}
	if texts := slotTexts(v, q); texts != nil {
		out.Texts = texts
	}
	if q.Slots != nil {
		out.Title, out.Slots = v.T("web.slots.state."+string(q.State)), slots(v, c)
		if q.State == casework.QueueWaiting {
			out.Texts = append(out.Texts, v.T("web.slots.equal"))
		}
		if q.State == casework.QueueLeft {
			out.Texts = []string{v.T("web.slots.again")}
		}
	}
	if out.Points = points(v, c); out.Points != nil {
		out.Texts = append(out.Texts, out.Points.Caption+".")
	}
	for _, m := range q.Transfers {
		out.Texts = append(out.Texts, v.T("web.queue.transferred", "from", RegionName(v, m.From), "to", RegionName(v, m.To), "left", m.Left, "came", m.Came))
	}
	for _, k := range q.Quotas {
		out.Texts = append(out.Texts, v.T("web.queue.quota", "quota", v.In(k.Text), "percent", k.Percent)+" "+Law(v, k.Law))
	}
	out.Texts = append(out.Texts, keptTexts(v, q)...)
	if Can(c, "restore") {
		out.Restore = v.NewCommand()
	}
	if Can(c, "look-again") {
		out.Again = v.NewCommand()
	}
	out.Links = queueLinks(v, c)
	return out
}

// keptTexts say where a brother or sister puts the case before others, and for whom seats
// are kept that it is one of, and that a place is kept until another is theirs.
func keptTexts(v *visit.Visit, q *casework.QueueView) (texts []string) {
	for _, l := range q.Lines {
		if l.Sibling {
			texts = append(texts, v.T("web.queue.sibling", "place", cmp.Or(v.In(l.Group.Institution.Title), l.Group.Institution.ID))+" "+Law(v, q.Sibling.Law))
		}
	}
	for _, k := range q.Reserves {
		texts = append(texts, v.T("web.queue.reserve", "reserve", v.In(k.Text), "percent", k.Percent)+" "+Law(v, k.Law))
	}
	if q.Holds && q.State != casework.QueuePlaced {
		texts = append(texts, v.T("web.queue.holds"))
	}
	return texts
}

// claimed says that a first date is a former system's word.
func claimed(v *visit.Visit, c *casework.ClaimView) string {
	if c.Table == 0 {
		return v.T("web.queue.claimed-kept", "entry", c.Entry)
	}
	return v.T("web.queue.claimed", "source", c.Source, "number", c.Number, "row", c.Row, "table", c.Table, "entry", c.Entry)
}

func queueLinks(v *visit.Visit, c *casework.CaseView) []ui.Link {
	links := []ui.Link{{Href: v.Href("cases", c.Ref, "queue"), Text: v.T("web.queue.why")}, {Href: v.Href("places", c.Service.ID), Text: v.T("web.places.title")}}
	if c.Queue.State == casework.QueueWaiting && c.Queue.Slots == nil {
		links = append(links, ui.Link{Href: v.Href("cases", c.Ref, "elsewhere"), Text: v.T("web.elsewhere.title")})
	}
	if Can(c, "transfer") {
		links = append(links, ui.Link{Href: v.Href("cases", c.Ref, "transfer"), Text: v.T("web.queue.transfer")})
	}
	for _, m := range c.Queue.Transfers {
		links = append(links, ui.Link{Href: v.Href("cases", c.Ref, "receipts", m.Left), Text: v.T("web.queue.proof-left", "entry", m.Left)},
			ui.Link{Href: v.Href("cases", c.Ref, "receipts", m.Came), Text: v.T("web.queue.proof-came", "entry", m.Came)})
	}
	if c.Queue.State == casework.QueuePlaced || c.Queue.State == casework.QueueLeft {
		links = append(links, ui.Link{Href: v.Href("services", c.Service.ID), Text: v.T("web.queue.apply-again")})
	}
	return links
}

func group(v *visit.Visit, g *casework.GroupView) string {
	if g == nil {
		return "–"
	}
	return GroupName(v, *g)
}

// RegionName is what a region is called, or its code.
func RegionName(v *visit.Visit, code string) string {
	for _, r := range v.Engine.Pack().Regions {
		if r.Code == code {
			return v.In(r.Title)
		}
		for _, d := range r.Districts {
			if d.Code == code {
				return v.In(d.Title)
			}
		}
	}
	return code
}

// District is the name of where an institution is, or its code.
func District(v *visit.Visit, i casework.InstitutionView) string {
	for _, r := range v.Engine.Pack().Regions {
		for _, d := range r.Districts {
			if d.Code == i.District {
				return v.In(d.Title)
			}
		}
		if r.Code == i.Region && i.District == "" {
			return v.In(r.Title)
		}
	}
	return cmp.Or(v.In(i.Locality), i.District)
}

// Districts chooses one of those in which places are given.
func Districts(v *visit.Visit, has casework.PlaceFacets) ui.Select {
	s := ui.Select{Name: "district", Label: v.T("web.places.district"), Options: []ui.Option{{Label: v.T("web.places.all")}}}
	for _, d := range has.Districts {
		s.Options = append(s.Options, ui.Option{Value: d, Label: District(v, casework.InstitutionView{District: d}), Checked: v.Query("district") == d})
	}
	return s
}

// GroupName is a group with its institution.
func GroupName(v *visit.Visit, g casework.GroupView) string {
	name := cmp.Or(v.In(g.Institution.Title), g.Institution.ID) + ", " + GroupKind(v, g)
	if g.Slot != nil {
		name += ", " + locale.DateTime(v.Lang, g.Slot.Starts)
	}
	return name
}

// GroupKind says for whom a group is: what its register calls it, or its language and
// the years of birth.
func GroupKind(v *visit.Visit, g casework.GroupView) string {
	if title := v.In(g.Title); title != "" {
		return title
	}
	var parts []string
	if key := "register.value." + g.Is["language"]; v.Texts.Has(key) {
		parts = append(parts, v.T(key))
	}
	if from, to := g.Is["from"], g.Is["to"]; from != "" && to != "" {
		parts = append(parts, Born(v, from, to))
	}
	return cmp.Or(strings.Join(parts, ", "), g.Name)
}

// Born says between which days somebody is born; of a whole year, in which.
func Born(v *visit.Visit, from, to string) string {
	year, first := strings.CutSuffix(from, "-01-01")
	if end, last := strings.CutSuffix(to, "-12-31"); first && last && end == year {
		return v.T("web.places.born-year", "year", year)
	}
	return v.T("web.places.born", "from", DayText(v, from), "to", DayText(v, to))
}

// alike says how many others have as many points, "" if none: then chance parts
// them anew in each round.
func alike(v *visit.Visit, line casework.LineView) string {
	if line.Alike == 0 {
		return ""
	}
	return v.T("web.queue.alike", "n", line.Alike)
}

// points lists what the applicant has points for, with the register that says so.
func points(v *visit.Visit, c *casework.CaseView) *ui.List {
	if len(c.Queue.Scores) == 0 {
		return nil
	}
	l := &ui.List{
		Caption: v.T("web.queue.points", "n", locale.Number(v.Lang, c.Queue.Points)),
		Columns: []ui.Column{{Title: v.T("web.queue.criterion"), Head: true}, {Title: v.T("web.queue.got"), Number: true}, {Title: v.T("web.queue.weight"), Number: true}, {Title: v.T("web.queue.source")}},
	}
	for _, s := range c.Queue.Scores {
		var from []string
		for _, source := range s.Sources {
			said := Register(v, source.Register) + ", " + locale.DateTime(v.Lang, source.At)
			if source.Version == "" {
				said += " – " + v.T("web.queue.nothing")
			}
			from = append(from, said)
		}
		l.Rows = append(l.Rows, ui.Line{Cells: []ui.Cell{
			{Text: v.In(s.Text), Note: Law(v, s.Law)}, {Text: v.T("web.queue.of", "n", s.Got, "of", s.Most)}, {Text: locale.Number(v.Lang, s.Weight)}, {Text: strings.Join(from, "; ")},
		}})
	}
	return l
}

// lines lists where a case waits, with its position there and in the country.
func lines(v *visit.Visit, c *casework.CaseView) *ui.List {
	l := &ui.List{
		Caption: v.T("web.queue.lines"),
		Columns: []ui.Column{{Title: v.T("web.places.institution"), Head: true}, {Title: v.T("web.queue.position"), Number: true}, {Title: v.T("web.queue.country"), Number: true}, {Title: v.T("web.places.free"), Number: true}},
		Empty:   ui.Empty{Text: v.T("web.queue.no-lines")},
	}
	for _, line := range c.Queue.Lines {
		l.Rows = append(l.Rows, ui.Line{Cells: []ui.Cell{
			{Text: GroupName(v, line.Group), Href: v.Href("cases", c.Ref, "queue") + "?group=" + line.Group.ID},
			{Text: v.T("web.queue.of", "n", line.Position, "of", line.Of), Note: alike(v, line)}, {Text: v.T("web.queue.of", "n", line.Country, "of", line.CountryOf)},
			{Text: locale.Number(v.Lang, int64(line.Group.Free()))},
		}})
	}
	return l
}
