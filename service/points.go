package service

import (
	"fmt"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/rule"
)

// Criterion gives points to who waits, by what registers say: nothing that somebody
// types, and nothing that somebody hears in an interview.
type Criterion struct {
	Name    string
	Text    aiqyn.Text
	Points  string        // CEL value: a whole number
	Program *rule.Program // of Points
	Most    int64         // more is not counted, nor less than nothing
	Weight  int64         // by which it is multiplied
	Law     aiqyn.Law
}

// PlaceQuota is a least share of the places of every group, for whom a rule names.
type PlaceQuota struct {
	Name    string
	Text    aiqyn.Text
	When    *Condition
	Percent int
	Law     aiqyn.Law
}

// Score is what a criterion came to, before its weight.
type Score struct {
	Criterion string `json:"criterion"`
	Points    int64  `json:"points"`
}

// Rank is what puts somebody before others, as far as it follows from facts.
type Rank struct {
	Tier   int
	Points int64 // of all criteria, with their weights
	Scores []Score
	Quotas []string // that they belong to
	// Reserves are those whose seats are kept for them, and Siblings the institutions
	// where a brother or sister is, by their numbers.
	Reserves, Siblings []string
}

// Equal reports whether two ranks follow from the same.
func (r Rank) Equal(o Rank) bool {
	return r.Tier == o.Tier && r.Points == o.Points && slices.Equal(r.Scores, o.Scores) && slices.Equal(r.Quotas, o.Quotas) &&
		slices.Equal(r.Reserves, o.Reserves) && slices.Equal(r.Siblings, o.Siblings)
}

// RankOf ranks somebody by the facts.
func (q *Queue) RankOf(vars map[string]any) (rank Rank, err error) {
	if rank.Tier, err = q.TierOf(vars); err != nil {
		return rank, err
	}
	for _, c := range q.Points {
		v, err := c.Program.Value(vars)
		if err != nil {
			return rank, fmt.Errorf("criterion %s: %w", c.Name, err)
		}
		n, whole := v.(int64)
		if !whole {
			return rank, fmt.Errorf("criterion %s: %v is no whole number", c.Name, v)
		}
		n = min(max(n, 0), c.Most)
		rank.Points += n * c.Weight
		rank.Scores = append(rank.Scores, Score{Criterion: c.Name, Points: n})
	}
	for _, k := range q.Quotas {
		holds, err := k.When.Program.Eval(vars)
		if err != nil {
			return rank, fmt.Errorf("quota %s: %w", k.Name, err)
		}
		if holds {
			rank.Quotas = append(rank.Quotas, k.Name)
		}
	}
	if rank.Reserves, err = q.reservesOf(vars); err != nil {
		return rank, err
	}
	rank.Siblings, err = q.siblingsOf(vars)
	return rank, err
}

// Criterion finds a criterion by its name.
func (q *Queue) Criterion(name string) (Criterion, bool) {
	for _, c := range q.Points {
		if c.Name == name {
			return c, true
		}
	}
	return Criterion{}, false
}

// Sources are the look-ups that a criterion reads.
func (s *Service) Sources(c Criterion) (list []LookUp) {
	for _, l := range s.LookUps {
		if slices.ContainsFunc(c.Program.Uses(), func(use string) bool { return headOf(use) == Variable(l.Name) }) {
			list = append(list, l)
		}
	}
	return list
}

func headOf(use string) string {
	head, _, _ := strings.Cut(use, ".")
	return head
}

func (r *reader) criterion(v value) Criterion {
	f := v.fields("criterion", "text", "points", "most", "weight", "law")
	c := Criterion{
		Name: f.need("criterion").name(), Text: r.text(f.need("text")), Points: f.need("points").expression(), Most: f.need("most").whole(1, 10_000), Weight: 1,
		Law: r.needLaw(f, "a criterion"),
	}
	if w := f.get("weight"); !w.absent() {
		c.Weight = w.whole(1, 10_000)
	}
	return c
}

func (r *reader) placeQuota(v value) PlaceQuota {
	f := v.fields("quota", "text", "when", "percent", "law")
	return PlaceQuota{
		Name: f.need("quota").name(), Text: r.text(f.need("text")), When: condition(f.need("when")), Percent: int(f.need("percent").whole(1, 100)), Law: r.needLaw(f, "a quota"),
	}
}

// points compiles the criteria and the quotas of a queue.
func (c *checker) points(q *Queue) {
	if slices.Contains(q.Order, "points") != (len(q.Points) > 0) {
		c.doc.fail("queue.points", "points rank nobody unless the order has them, and the order has none without criteria")
	}
	seen := map[string]bool{}
	for i := range q.Points {
		k, path := &q.Points[i], fmt.Sprintf("queue.points[%d]", i)
		if c.rule(path+".points", k.Points, &k.Program, c.env()); seen[k.Name] {
			c.doc.fail(path, "criterion %q is there already", k.Name)
		}
		seen[k.Name] = true
		if k.Program == nil {
			continue
		}
		if len(c.s.Sources(*k)) == 0 {
			c.doc.fail(path, "a criterion reads a register")
		}
		for _, use := range k.Program.Uses() {
			if !c.lookedUp(headOf(use)) {
				c.doc.fail(path, "points come from registers, and %q is none", use)
			}
		}
	}
	for i := range q.Quotas {
		k, path := &q.Quotas[i], fmt.Sprintf("queue.quotas[%d]", i)
		c.condition(path+".when", k.When, "nobody belongs to it")
		if seen["quota "+k.Name] {
			c.doc.fail(path, "quota %q is there already", k.Name)
		}
		seen["quota "+k.Name] = true
	}
	if len(q.Quotas) > 2 {
		c.doc.fail("queue.quotas", "two quotas are the most that every beginning of an order can keep")
	}
	if len(q.Quotas) > 0 && q.Round != RoundAccepting {
		c.doc.fail("queue.quotas", "quotas are kept by a round of kind %s only", RoundAccepting)
	}
}

// lookedUp reports whether a variable is one that a register gives, or the day.
func (c *checker) lookedUp(variable string) bool {
	return variable == VarNow || slices.ContainsFunc(c.s.LookUps, func(l LookUp) bool { return Variable(l.Name) == variable })
}
