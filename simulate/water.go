package simulate

import (
	"strconv"
	"time"

	"aiqyn"
)

// mains is the part of parcels that have a water main near them.
const mains = 0.93

// withStream is a planner of the same world that draws from a stream of its
// own, so that the plans of others stay as they are.
func (p *planner) withStream(name string) *planner {
	q := *p
	q.r = stream(p.w.seed, name)
	return &q
}

// water asks for water on some parcel, and plans what the office does about it.
func (p *planner) water(at time.Time) PlannedCase {
	i := pick(p.r, p.parcels)
	holder := pick(p.r, p.w.Rights[i].Holders).Person
	lang := aiqyn.Russian
	if at, found := p.byIIN[holder]; found {
		lang = p.w.lives[at].lang
	}
	asked := 1 + p.r.IntN(3)
	answers := map[string]string{"parcel": p.w.lots[i].number, "purpose": "home"}
	if use := p.w.lots[i].use; use == Shop || use == Workshop {
		asked = 3 + p.r.IntN(40)
		answers["purpose"], answers["fire-water"] = "business", []string{"yes", "no"}[p.r.IntN(2)]
	}
	answers["daily-water"] = strconv.Itoa(asked)
	c := PlannedCase{At: at, Applicant: holder, Service: ServiceWater, Parcel: p.w.lots[i].number, Answers: answers, Channel: p.channel(), Lang: lang}
	surveyed := p.afterWork(at, p.skewed(7))
	c.Conduct = append(c.Conduct, Act{Kind: ActSurvey, By: aiqyn.RoleSurveyor, After: surveyed.Sub(at), Records: p.gauge(asked)})
	if c.Silent = chance(p.r, silences); !c.Silent {
		c.Conduct = append(c.Conduct, Act{Kind: ActGrant, By: aiqyn.RoleEngineer, After: p.afterWork(surveyed, p.skewed(9)).Sub(at)})
	}
	return c
}

// gauge is what is measured at the main: nearly always enough.
func (p *planner) gauge(asked int) map[string]string {
	if !chance(p.r, mains) {
		return map[string]string{"main-near": "no"}
	}
	free := asked + p.r.IntN(60)
	if chance(p.r, 0.06) {
		free = p.r.IntN(asked)
	}
	return map[string]string{
		"main-near": "yes", "distance": strconv.Itoa(4 + p.r.IntN(90)), "free-water": strconv.Itoa(free),
		"pressure": strconv.Itoa(180 + p.r.IntN(240)),
	}
}
