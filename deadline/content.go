package deadline

import (
	"slices"
	"strings"
	"time"

	"aiqyn"

	"go.yaml.in/yaml/v3"
)

// calendar reads the whole file. Errors are collected, so what it returns is
// complete only if there were none.
func (p *parser) calendar(root *yaml.Node) *Calendar {
	f := p.fields(root, "calendar",
		[]string{"calendar", "title", "zone", "years", "weekend", "office-hours", "counting", "days"}, nil)
	c := &Calendar{Name: p.text(f["calendar"], "calendar"), Title: p.translated(f["title"], "title")}
	c.Zone = p.zone(f["zone"])
	c.From, c.To = p.years(f["years"])
	c.weekend = p.weekend(f["weekend"])
	c.open, c.close = p.hours(f["office-hours"])
	c.Counting = p.counting(f["counting"])
	if n := f["days"]; n != nil {
		p.days(n, c)
	}
	return c
}

func (p *parser) zone(n *yaml.Node) *time.Location {
	name := p.text(n, "zone")
	if name == "" {
		return time.UTC
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		p.fail(n, "zone: %q is not a time zone", name)
		return time.UTC
	}
	return zone
}

func (p *parser) years(n *yaml.Node) (from, to int) {
	if n == nil {
		return 0, 0
	}
	f := p.fields(n, "years", []string{"from", "to"}, nil)
	from, to = p.number(f["from"], "years.from"), p.number(f["to"], "years.to")
	if f["from"] != nil && f["to"] != nil && (from < 1900 || to < from || to-from >= maxYears) {
		p.fail(n, "years: from %d to %d is not a range of at most %d years", from, to, maxYears)
	}
	return from, to
}

func (p *parser) weekend(n *yaml.Node) (weekend [7]bool) {
	if n == nil {
		return weekend
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 || len(n.Content) > 6 {
		p.fail(n, "weekend: a list of one to six days of the week is expected")
		return weekend
	}
	for _, item := range n.Content {
		day := p.weekday(item)
		if day >= 0 && weekend[day] {
			p.fail(item, "weekend: %s stands twice", item.Value)
		}
		if day >= 0 {
			weekend[day] = true
		}
	}
	return weekend
}

func (p *parser) weekday(n *yaml.Node) time.Weekday {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if n.Value == strings.ToLower(day.String()) {
			return day
		}
	}
	p.fail(n, "weekend: %q is not a day of the week", n.Value)
	return -1
}

func (p *parser) hours(n *yaml.Node) (open, close time.Duration) {
	if n == nil {
		return 0, 0
	}
	f := p.fields(n, "office-hours", []string{"open", "close"}, nil)
	open, close = p.hour(f["open"], "open"), p.hour(f["close"], "close")
	if f["open"] != nil && f["close"] != nil && close <= open {
		p.fail(n, "office-hours: offices close at or before they open")
	}
	return open, close
}

func (p *parser) hour(n *yaml.Node, what string) time.Duration {
	s := p.text(n, what)
	if s == "" {
		return 0
	}
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		p.fail(n, "%s: %q is not a time such as \"09:00\"", what, s)
	}
	return sinceMidnight(t)
}

func (p *parser) counting(n *yaml.Node) (c Counting) {
	if n == nil {
		return c
	}
	f := p.fields(n, "counting", []string{"after-hours", "on-day-off", "ends-on-day-off", "law"}, nil)
	c.AfterHours = oneOf(p, f["after-hours"], "after-hours", NextWorkingDay, SameDay)
	c.OnDayOff = oneOf(p, f["on-day-off"], "on-day-off", NextWorkingDay, SameDay)
	c.EndsOnDayOff = oneOf(p, f["ends-on-day-off"], "ends-on-day-off", NextWorkingDay, SameDay)
	c.Law = p.law(f["law"])
	return c
}

func (p *parser) law(n *yaml.Node) (l aiqyn.Law) {
	if n == nil {
		return l
	}
	f := p.fields(n, "law", []string{"act", "from", "status"}, []string{"article", "title", "to", "source"})
	l.Act, l.Article = p.text(f["act"], "act"), p.text(f["article"], "article")
	l.Title = p.translated(f["title"], "title")
	l.From, l.To = p.date(f["from"], "from").String(), p.date(f["to"], "to").String()
	l.Status = oneOf(p, f["status"], "status", aiqyn.Confirmed, aiqyn.Unconfirmed, aiqyn.Proposal)
	l.Source = p.text(f["source"], "source")
	return l
}

func (p *parser) days(n *yaml.Node, c *Calendar) {
	if n.Kind != yaml.SequenceNode {
		p.fail(n, "days: a list is expected")
		return
	}
	lines := map[Date]int{}
	for _, item := range n.Content {
		day := p.day(item, c)
		if day.Date.IsZero() {
			continue
		}
		if line, twice := lines[day.Date]; twice {
			p.fail(item, "day %s stands on line %d already", day.Date, line)
			continue
		}
		lines[day.Date] = item.Line
		c.Days = append(c.Days, day)
	}
}

func (p *parser) day(n *yaml.Node, c *Calendar) Day {
	f := p.fields(n, "day", []string{"date", "kind", "name", "status", "source"}, []string{"announced", "note"})
	d := Day{
		Date:      p.date(f["date"], "date"),
		Kind:      oneOf(p, f["kind"], "kind", Public, OffNoTransfer, MovedDayOff, WorkingWeekend),
		Name:      p.translated(f["name"], "name"),
		Status:    oneOf(p, f["status"], "status", Confirmed, Derived),
		Source:    p.text(f["source"], "source"),
		Announced: p.date(f["announced"], "announced"),
		Note:      p.text(f["note"], "note"),
	}
	if d.Date.IsZero() {
		return d
	}
	weekend := c.weekend[d.Date.Weekday()]
	switch {
	case d.Date.Year < c.From || d.Date.Year > c.To:
		p.fail(f["date"], "day %s is outside the published years %d to %d", d.Date, c.From, c.To)
	case d.Kind == WorkingWeekend && !weekend:
		p.fail(f["date"], "day %s is a %s: only a day of the weekend can be a working weekend", d.Date, d.Date.Weekday())
	case d.Status == Confirmed && f["announced"] == nil:
		p.fail(n, "day %s is confirmed: when was it announced?", d.Date)
	case d.Kind == MovedDayOff && weekend:
		p.fail(f["date"], "day %s is a %s: a day off moves to a working day", d.Date, d.Date.Weekday())
	}
	return d
}

// Hours are the office hours, as times since midnight.
func (c *Calendar) Hours() (open, close time.Duration) { return c.open, c.close }

// Weekend lists the days of the week on which offices do not work.
func (c *Calendar) Weekend() []time.Weekday {
	var days []time.Weekday
	for day := time.Sunday; day <= time.Saturday; day++ {
		if c.weekend[day] {
			days = append(days, day)
		}
	}
	return slices.Clip(days)
}
