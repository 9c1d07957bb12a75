package service

import (
	"aiqyn"
	"aiqyn/deadline"
)

// Slots are the places of a queue when each has a time: an hour of a doctor, a day
// in a hospital, an examination, a counter. Institutions publish them, and rounds
// share out those that come.
type Slots struct {
	Per       string // question: one place at a time for each of its answers; "": one in all
	NotBefore string // question, a date: before it somebody cannot come; "": not asked
	Part      string // question, a choice of [PartsOfDay]; "": not asked
	Lead      int    // hours between a round and the first slot that it gives
	Ahead     int    // days: rounds give no later slots
	Changes   int    // how often somebody may give their slot back and wait for another
	Notice    int    // hours before the slot until which they may
	Record    deadline.Term
	Law       aiqyn.Law
}

// Parts of a day that somebody can come in.
const (
	PartAny       = "any"
	PartMorning   = "morning"   // slots that begin before noon
	PartAfternoon = "afternoon" // and the others
)

// PartsOfDay are the answers of a question for the part of the day.
var PartsOfDay = []string{PartAny, PartMorning, PartAfternoon}

func (r *reader) slots(v value) *Slots {
	if v.absent() {
		return nil
	}
	f := v.fields("per", "not-before", "part", "lead", "ahead", "changes", "notice", "record", "law")
	return &Slots{
		Per: f.get("per").name(), NotBefore: f.get("not-before").name(), Part: f.get("part").name(),
		Lead: int(f.need("lead").whole(1, 240)), Ahead: int(f.need("ahead").whole(1, 366)),
		Changes: int(f.need("changes").whole(0, 10)), Notice: int(f.need("notice").whole(0, 240)),
		Record: term(f.need("record").fields("days", "calendar")), Law: r.needLaw(f, "a schedule"),
	}
}

// slots holds slots to the questions that they name.
func (c *checker) slots(s *Slots) {
	if s == nil {
		return
	}
	if q, ok := c.s.Question(s.Per); s.Per != "" && (!ok || q.Type != TypeChoice || q.Optional || q.When != nil) {
		c.doc.fail("queue.slots.per", "there is no question %q, always answered by a choice", s.Per)
	}
	if q, ok := c.s.Question(s.NotBefore); s.NotBefore != "" && (!ok || q.Type != TypeDate) {
		c.doc.fail("queue.slots.not-before", "there is no question %q for a date", s.NotBefore)
	}
	if s.Part == "" {
		return
	}
	q, ok := c.s.Question(s.Part)
	if !ok || q.Type != TypeChoice || len(q.Of) != len(PartsOfDay) {
		c.doc.fail("queue.slots.part", "there is no question %q with the choices %v", s.Part, PartsOfDay)
		return
	}
	for i, part := range PartsOfDay {
		if q.Of[i].Value != part {
			c.doc.fail("queue.slots.part", "the choices of %q are %v, in this order", s.Part, PartsOfDay)
		}
	}
}
