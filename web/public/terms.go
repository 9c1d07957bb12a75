package public

import (
	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/service"
	"aiqyn/web/show"
	"aiqyn/web/visit"
)

// termRow is by when a step is done, counted since when.
type termRow struct{ Step, Term, Since, When string }

// terms are the time limits of all steps. Whoever reads two of them must not add
// up what runs side by side, so each says since when it runs.
func terms(v *visit.Visit, svc *service.Service) []termRow {
	var rows []termRow
	for n, step := range svc.Steps {
		if a := svc.Auction; a != nil && step.Name == a.Step {
			for _, t := range []struct {
				key  string
				term deadline.Term
			}{{"objections", a.Objections}, {"bids", a.Bids}, {"opening", a.Opening}, {"reveal", a.Reveal}} {
				rows = append(rows, termRow{v.T("web.lot.term." + t.key), show.Term(v, t.term), v.T("web.lot.since." + t.key), v.T("web.service.always")})
			}
			continue
		}
		for _, w := range step.Within {
			when := show.Condition(v, svc, w.When)
			if len(step.Within) == 1 {
				when = v.T("web.service.always")
			}
			rows = append(rows, termRow{v.In(step.Title), show.Term(v, w.Term), v.T("web.service.since." + since(svc, n, w)), when})
		}
	}
	return rows
}

// since names where a limit of the n-th step begins.
func since(svc *service.Service, n int, w service.Within) string {
	begins := "filed"
	if svc.Fee.Pay != nil {
		begins = "paid"
	}
	switch {
	case svc.Queue != nil && svc.Steps[n].Name == svc.Queue.Offer:
		return "offered"
	case n == 0:
		return begins
	case w.Since == service.SinceFiled:
		return begins + "-whole"
	}
	return "step"
}

// answers say how an answer comes: that a refusal is told of before it is one, and
// what it means if there is none.
func answers(v *visit.Visit, svc *service.Service) []show.Rule {
	var list []show.Rule
	for _, step := range svc.Steps {
		if !step.Decides {
			continue
		}
		if h := step.Hearing; h != nil {
			text := v.T("web.service.hearing", "notice", show.Term(v, h.Notice), "object", show.Within(v, h.Object))
			if step.By != aiqyn.RoleSystem { // an officer who is late with it can refuse no more
				text += " " + v.T("web.service.hearing.within")
			}
			if h.Text != (aiqyn.Text{}) {
				text = v.In(h.Text) + " " + text
			}
			list = append(list, show.Rule{Text: text, Law: show.Law(v, h.Law)})
		}
		if step.Unheard != nil {
			list = append(list, show.Rule{Text: v.T("web.service.unheard"), Law: show.Law(v, *step.Unheard)})
		}
		if step.Silence.Then != "" {
			list = append(list, show.Rule{Text: show.Silence(v, svc, step.Silence), Law: show.Law(v, step.Silence.Law)})
		}
	}
	return list
}
