package simulate

import (
	"math"
	"slices"
	"strconv"
	"time"

	"aiqyn"
)

// How people behave: the honest country. Conduct that is planted to be found
// is another plan's.
const (
	withdraws  = 0.045
	silences   = 0.07  // the engineer lets the clock run out
	lateSurvey = 0.05  // after the two working days
	tries      = 0.09  // to refuse; whether it is true, the rules know
	corrected  = 0.012 // what the survey recorded is found wrong afterwards
)

// conduct plans what follows a filing.
func (p *planner) conduct(c *PlannedCase, load int) {
	surveyed := p.afterWork(c.At, p.skewed(7))
	if chance(p.r, lateSurvey) {
		surveyed = p.afterWork(c.At, 20+p.skewed(8))
	}
	survey := Act{Kind: ActSurvey, By: aiqyn.RoleSurveyor, After: surveyed.Sub(c.At), Records: map[string]string{
		"measured-load": strconv.Itoa(p.r.IntN(load + 1)),
	}}
	c.Conduct = append(c.Conduct, survey)
	decided := p.afterWork(surveyed, p.skewed(9))
	switch {
	case chance(p.r, withdraws):
		gone := Act{Kind: ActWithdraw, By: aiqyn.RoleApplicant, After: p.hours(0.2, 30)}
		if gone.After < survey.After {
			c.Conduct = nil
		}
		c.Conduct = append(c.Conduct, gone)
		return
	case chance(p.r, silences):
		c.Silent = true
	case chance(p.r, tries):
		p.refuse(c, decided)
	default:
		c.Conduct = append(c.Conduct, Act{Kind: ActGrant, By: aiqyn.RoleEngineer, After: decided.Sub(c.At)})
	}
	if chance(p.r, corrected) {
		c.Conduct = append(c.Conduct, Act{Kind: ActCorrect, By: aiqyn.RoleSurveyor,
			After: p.afterWork(decided, 9+p.skewed(20)).Sub(c.At), Text: "Есептегіш көрсеткіші қате жазылған",
			Records: map[string]string{"measured-load": strconv.Itoa(p.r.IntN(load + 1))}})
	}
	slices.SortStableFunc(c.Conduct, func(a, b Act) int { return int(a.After - b.After) })
}

// refuse plans an attempt to refuse and what the applicant does about it: the
// rules may turn it down at once, and then the engineer grants.
func (p *planner) refuse(c *PlannedCase, decided time.Time) {
	c.Conduct = append(c.Conduct, Act{Kind: ActRefuse, By: aiqyn.RoleEngineer, Reason: "no-capacity", After: decided.Sub(c.At)})
	if chance(p.r, 0.45) {
		c.Conduct = append(c.Conduct, Act{Kind: ActObject, By: aiqyn.RoleApplicant,
			After: decided.Sub(c.At) + p.hours(1, 40),
			Text:  pick(p.r, []string{"Көршіде бос қуат бар.", "У соседа мощность есть.", "Прошу проверить расчёт."})})
	}
	again := p.afterWork(decided, 30+p.skewed(6))
	kind := ActRefuse
	if chance(p.r, 0.6) {
		kind = ActGrant
	}
	c.Conduct = append(c.Conduct, Act{Kind: kind, By: aiqyn.RoleEngineer, Reason: "no-capacity", After: again.Sub(c.At)})
	if kind == ActRefuse && chance(p.r, 0.3) {
		c.Conduct = append(c.Conduct, Act{Kind: ActAppeal, By: aiqyn.RoleApplicant,
			After: again.Sub(c.At) + p.hours(5, 200),
			Text:  "Шешімді басқа адам қарасын."})
	}
}

// skewed draws working hours around a middle, with a long tail to the right.
func (p *planner) skewed(middle float64) float64 { return middle * math.Exp(0.55*p.r.NormFloat64()) }

// hours draws a span of time, to the second.
func (p *planner) hours(lo, hi float64) time.Duration {
	return time.Duration(between(p.r, lo, hi) * float64(time.Hour)).Truncate(time.Second)
}

// The hours of an office, Monday to Friday. Public holidays are the engine's
// calendar's; an officer who worked on one is no harm to a plan.
const (
	opens  = 9 * time.Hour
	closes = 18*time.Hour + 30*time.Minute
)

// afterWork is the instant after so many office hours of work.
func (p *planner) afterWork(from time.Time, hours float64) time.Time {
	left := time.Duration(hours * float64(time.Hour)).Truncate(time.Second)
	at := from.In(zone5)
	for {
		midnight := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, zone5)
		open, shut := midnight.Add(opens), midnight.Add(closes)
		weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday
		if at.Before(open) {
			at = open
		}
		if !weekend && at.Before(shut) {
			if at.Add(left).Before(shut) {
				return at.Add(left)
			}
			left -= shut.Sub(at)
		}
		at = midnight.AddDate(0, 0, 1)
	}
}
