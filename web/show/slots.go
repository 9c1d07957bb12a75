package show

import (
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Slots is what who waits for a time, or has one, can do about it.
type Slots struct {
	Action    string
	Change    string // id of the command that says when they can come; "" if it may not be said now
	Title     string
	Text      string
	NotBefore ui.Input
	Part      ui.Radios
	Button    string
	Tickets   []Ticket
	Calendar  string // address of the file for a calendar; "" if there is no time
}

// Ticket is a time left of today that they can have now.
type Ticket struct{ Command, Group, Text string }

// slots shows what can be done about a time.
func slots(v *visit.Visit, c *casework.CaseView) *Slots {
	s := c.Queue.Slots
	if s == nil {
		return nil
	}
	out := &Slots{Action: v.Href("cases", c.Ref, "queue"), Title: v.T("web.slots.when"), Text: v.T("web.slots.when-text"), Button: v.T("web.slots.say")}
	if c.Queue.State == casework.QueueTaken && c.Queue.Group != nil && c.Queue.Group.Slot != nil {
		out.Calendar = v.Href("cases", c.Ref, "booking.ics")
	}
	if Can(c, "rebook") {
		out.Change = v.NewCommand()
		out.NotBefore = ui.Input{Name: "not-before", Label: v.T("web.slots.not-before"), Type: "date", Width: "10", Value: s.NotBefore}
		out.Part = ui.Radios{Name: "part", Label: v.T("web.slots.part")}
		for _, part := range service.PartsOfDay {
			out.Part.Options = append(out.Part.Options, ui.Option{Value: part, Label: v.T("web.slots.part." + part), Checked: part == s.Part || part == service.PartAny && s.Part == ""})
		}
	}
	if !s.Until.IsZero() {
		out.Title, out.Button = v.T("web.slots.other"), v.T("web.slots.give-back")
		out.Text = v.T("web.slots.other-text", "left", s.Most-s.Changes, "until", locale.DateTime(v.Lang, s.Until))
	}
	for _, t := range s.Tickets {
		for _, line := range c.Queue.Lines {
			if line.Group.ID == t.Group {
				out.Tickets = append(out.Tickets, Ticket{v.NewCommand(), t.Group, v.T("web.slots.take", "at", locale.DateTime(v.Lang, t.At), "place", GroupName(v, line.Group))})
			}
		}
	}
	return out
}

// slotTexts say when somebody comes, or came; nil if their place has no time.
func slotTexts(v *visit.Visit, q *casework.QueueView) []string {
	g := q.Group
	if g == nil || g.Slot == nil {
		return nil
	}
	whole := *g
	whole.Slot = nil
	at, place := locale.DateTime(v.Lang, g.Slot.Starts), GroupName(v, whole)
	switch q.State {
	case casework.QueueOffered:
		return []string{v.T("web.slots.offered", "at", at, "place", place), v.T("web.slots.offer-only")}
	case casework.QueueTaken:
		texts := []string{v.T("web.slots.booked", "at", at, "place", place)}
		if g.Institution.Address != "" {
			texts = append(texts, v.T("web.slots.address", "address", g.Institution.Address))
		}
		return append(texts, v.T("web.slots.yours"))
	case casework.QueuePlaced:
		return []string{v.T("web.slots.came", "at", at, "place", place)}
	}
	return nil
}
