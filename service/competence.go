package service

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/deadline"
)

// Competence says which log carries which part of a country, when one log does not
// carry all of it: an application about a place that another log carries is sent on to
// that. Whoever runs a server cannot send anybody elsewhere; this is published like
// every other rule.
type Competence struct {
	Within   deadline.Term // after the filing: by when the competent log must have taken it on
	Law      aiqyn.Law     // of sending on
	Since    Since         // from when the terms of the competent log run: [SinceFiled], or [SinceArrived]
	ClockLaw aiqyn.Law     // of that
	Logs     []CompetentLog
}

// SinceArrived begins the terms of an application that was sent on when the competent
// log has taken it on, and not when it was filed elsewhere.
const SinceArrived Since = "arrived"

// CompetentLog is one log and what it carries.
type CompetentLog struct {
	Origin string // as in its checkpoints: "log.example/south"
	Title  aiqyn.Text
	Places []string // KATO codes of regions, or of districts
	Site   string   // where its pages are: "https://south.example"; "": nowhere
}

// competence reads which log carries what. Codes are those of the pack's regions.
func (r *reader) competence(v value, codes map[string]bool) *Competence {
	if v.absent() {
		return nil
	}
	f := v.fields("within", "law", "clock", "logs")
	clock := f.need("clock").fields("since", "law")
	c := &Competence{
		Within: term(f.need("within").fields("days", "calendar")), Law: r.needLaw(f, "sending on"),
		Since: oneOf(clock.need("since"), SinceFiled, SinceArrived), ClockLaw: r.needLaw(clock, "the clock of what was sent on"),
	}
	carried := map[string]bool{}
	for _, item := range f.get("logs").items() {
		c.Logs = append(c.Logs, r.competentLog(item, codes, carried))
	}
	return c
}

// originShape is a name without scheme or space, as a log's key has it.
var originShape = regexp.MustCompile(`^[a-z0-9.-]+(/[A-Za-z0-9._-]+)*$`)

func (r *reader) competentLog(v value, codes, carried map[string]bool) CompetentLog {
	f := v.fields("log", "title", "places", "site")
	l := CompetentLog{Origin: f.need("log").word(), Title: r.text(f.need("title")), Site: strings.TrimSuffix(f.get("site").word(), "/")}
	if l.Origin != "" && !originShape.MatchString(l.Origin) {
		f.get("log").fail("%q is not the name of a log", l.Origin)
	}
	if l.Site != "" && !strings.HasPrefix(l.Site, "https://") {
		f.get("site").fail("want an address that begins with https://")
	}
	for _, item := range f.need("places").items() {
		code := item.word()
		switch {
		case !codes[code]:
			item.fail("region %s is not among the regions", code)
		case carried[code]:
			item.fail("another log carries %s already", code)
		}
		carried[code] = true
		l.Places = append(l.Places, code)
	}
	return l
}

// Competent is the log that carries a place, by its KATO code; nil if the pack names
// none. What is said of a district goes before what is said of its region.
func (p *Pack) Competent(place string) *CompetentLog {
	if p.Competence == nil || place == "" {
		return nil
	}
	for _, code := range []string{place, p.regionOf(place)} {
		i := slices.IndexFunc(p.Competence.Logs, func(l CompetentLog) bool { return slices.Contains(l.Places, code) })
		if i >= 0 {
			return &p.Competence.Logs[i]
		}
	}
	return nil
}

// Log is what the pack says of a log by its origin; nil if it says nothing.
func (p *Pack) Log(origin string) *CompetentLog {
	if p.Competence == nil {
		return nil
	}
	i := slices.IndexFunc(p.Competence.Logs, func(l CompetentLog) bool { return l.Origin == origin })
	if i < 0 {
		return nil
	}
	return &p.Competence.Logs[i]
}

// regionOf is the code of the region that a district lies in, "" if it is none.
func (p *Pack) regionOf(district string) string {
	for _, r := range p.Regions {
		if slices.ContainsFunc(r.Districts, func(d Region) bool { return d.Code == district }) {
			return r.Code
		}
	}
	return ""
}

// TerritoryOf is the KATO code of the place that an application is about, by its answers
// and look-ups; "" if the service says nothing of it, or they do not.
func (s *Service) TerritoryOf(vars map[string]any) (string, error) {
	if s.Territory == nil {
		return "", nil
	}
	v, err := s.Territory.Program.Value(vars)
	if err != nil {
		return "", fmt.Errorf("territory: %w", err)
	}
	code, _ := v.(string)
	return code, nil
}

// territory compiles where an application belongs: by its answers and look-ups alone,
// for it is decided before anything is computed.
func (c *checker) territory() {
	t := c.s.Territory
	if t == nil {
		return
	}
	switch {
	case c.s.Kind == aiqyn.Fact || c.s.OnlyFollows:
		c.doc.fail("territory", "nobody files it with a body that could be another")
	case c.s.Queue != nil || c.s.Auction != nil || c.s.Objects != nil:
		c.doc.fail("territory", "what waits or bids stays in the log that keeps its queue or its lots")
	case c.s.MustBeSigned(SignFiling):
		c.doc.fail("territory", "the signature under a filing is for the body that it names")
	}
	c.rule("territory", t.Expr, &t.Program, c.env())
}
