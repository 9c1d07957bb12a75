package casework

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/service"
)

// statuses are those that room web answers with.
var statuses = map[aiqyn.ErrorKind]int{
	aiqyn.Invalid: 400, aiqyn.Unauthenticated: 401, aiqyn.Forbidden: 403, aiqyn.NotFound: 404, aiqyn.Conflict: 409,
	aiqyn.TooLarge: 413, aiqyn.TooMany: 429, aiqyn.Unavailable: 503, aiqyn.Internal: 500,
}

// expect returns what is otherwise than a line says, "" if nothing is.
func (s *telling) expect(l service.StoryLine) string {
	s.t.Helper()
	switch l.Verb {
	case "expect accepted":
		return not(s.err == nil, answerWords(s.err))
	case "expect rejected":
		return not(fmt.Sprint(statuses[aiqyn.KindOf(s.err)]) == l.Args[0] && keyOf(s.err) == "error."+l.Args[1], answerWords(s.err))
	case "expect counted demanded by":
		list, err := s.Demands(s.t.Context())
		n, _ := strconv.Atoi(l.Args[2])
		return not(err == nil && slices.Contains(list, DemandCount{l.Args[0], l.Args[1], n}), countedWords(list))
	case "expect margin kW at nearest node":
		free := s.free()
		return not(fmt.Sprint((free+500)/1000) == l.Args[0], fmt.Sprintf("%d kW are left there", (free+500)/1000))
	}
	if problem, done := s.expectLot(l); done {
		return problem
	}
	v := s.view(s.ref)
	if problem, done := s.expectState(l, v); done {
		return problem
	}
	if problem, done := s.expectQueue(l, v); done {
		return problem
	}
	return s.expectNewest(l, v)
}

// not is what somebody is told where something does not hold.
func not(holds bool, instead string) string {
	if holds {
		return ""
	}
	return instead
}

// expectState checks what is true of the case now.
func (s *telling) expectState(l service.StoryLine, v *CaseView) (problem string, done bool) {
	switch l.Verb {
	case "expect ruling grant":
		return not(v.Ruling != nil && v.Ruling.Grant, ruledWords(v.Ruling)), true
	case "expect ruling refuse":
		return not(v.Ruling != nil && !v.Ruling.Grant && reasonHolds(v, l.Args[0]), ruledWords(v.Ruling)), true
	case "expect reason is true":
		return not(reasonHolds(v, l.Args[0]), ruledWords(v.Ruling)), true
	case "expect reason is false":
		return not(!reasonHolds(v, l.Args[0]), ruledWords(v.Ruling)), true
	case "expect due", "expect due because":
		if v.Due == nil || string(v.Step.Name) != l.Args[0] {
			return openWords(v), true
		}
		if v.Due.Last.String() != l.Args[1] {
			return "it is due on " + v.Due.Last.String(), true
		}
		return not(len(l.Args) == 2 || because(v.Due, l.Args[2:]), becauseWords(v.Due)), true
	case "expect correction asked":
		return not(v.Status == StatusCorrection && v.Correction.Field == l.Args[0], correctionWords(v)), true
	case "expect correction made", "expect correction declined":
		want := map[string]string{"expect correction made": CorrectionMade, "expect correction declined": CorrectionDeclined}[l.Verb]
		return not(v.Correction != nil && v.Correction.Outcome == want && v.Correction.Ground != "" && v.Status == StatusClosed, correctionWords(v)), true
	case "expect correction affects entries":
		n := len(v.Corrected)
		return not(n > 0 && fmt.Sprint(len(v.Corrected[n-1].Affected)) == l.Args[0] && v.Corrected[n-1].Again != 0, affectedWords(v.Corrected)), true
	case "expect appealed":
		return not(v.Status == StatusAppeal && v.Appeal != nil, appealWords(v)), true
	case "expect appeal upheld", "expect appeal annulled", "expect appeal returned":
		return not(v.Appeal != nil && "expect appeal "+string(v.Appeal.Outcome) == l.Verb && v.Appeal.Ground != "", appealWords(v)), true
	case "expect drawn another":
		var drawn []string
		for _, e := range v.Events {
			if e.Kind == EventDrawn && string(e.Step.Name) == l.Args[0] {
				drawn = append(drawn, e.Officer)
			}
		}
		n := len(drawn)
		return not(n > 1 && drawn[n-1] != drawn[n-2], fmt.Sprintf("for %s were drawn %v", l.Args[0], drawn)), true
	case "expect flagged":
		return not(lastReason(v, EventDearer) == l.Args[0], "no such flag is raised"), true
	case "expect not flagged":
		return not(countOf(v, EventDearer) == 0, "a flag is raised"), true
	case "expect no refusal before":
		if v.Hearing == nil {
			return "no hearing is open", true
		}
		first := deadline.DateOf(v.Hearing.RefuseNot.Add(time.Microsecond).In(s.zone))
		return not(first.String() == l.Args[0], "a refusal is possible from "+first.String()), true
	case "expect unpaid tenge":
		return not(v.Fee != nil && v.Fee.Owing() && tenge(v.Fee.Amount, l.Args[0]), feeWords(v.Fee)), true
	case "expect paid tenge":
		return not(v.Fee != nil && v.Fee.kept() && tenge(v.Fee.Amount, l.Args[0]), feeWords(v.Fee)), true
	case "expect no refund":
		return not(countOf(v, EventRefundDue) == 0, "something goes back"), true
	case "expect document says":
		return not(v.Conditions != nil && strings.Contains(v.Conditions.Says.KK, l.Args[0]), documentWords(v.Conditions)), true
	case "expect reserved kW":
		return not(v.Conditions != nil && fmt.Sprint(v.Conditions.AmountW/1000) == l.Args[0], reservedWords(v.Conditions)), true
	case "expect attached":
		granted := 0
		for _, a := range v.Along {
			if a.Attached {
				granted++
			}
		}
		return not(fmt.Sprint(granted) == l.Args[0], fmt.Sprintf("%d are attached", granted)), true
	case "expect fact is recorded", "expect fact is not recorded":
		want := l.Verb == "expect fact is recorded"
		i := slices.IndexFunc(v.Facts, func(f FactView) bool { return f.Register == l.Args[0] })
		return not(i >= 0 && (len(v.Facts[i].Value) > 0) == want, factWords(v.Facts)), true
	}
	return "", false
}

// kept reports whether the price was paid and does not go back.
func (f *FeeView) kept() bool {
	return !f.Paid.IsZero() && !slices.ContainsFunc(f.Refunds, func(r RefundView) bool { return refundState{Why: r.Why}.byRule() })
}

// tenge reports whether a sum in tiyn is so many tenge.
func tenge(tiyn any, tenge string) bool { return fmt.Sprint(tiyn) == tenge+"00" }

func reasonHolds(v *CaseView, name string) bool {
	return v.Ruling != nil && slices.ContainsFunc(v.Ruling.Reasons, func(r ReasonView) bool { return r.Reason.Name == name && r.True })
}

func because(d *deadline.Due, why []string) bool {
	return slices.ContainsFunc(d.Why, func(r deadline.Reason) bool {
		return r.Key == "deadline."+why[0] && (len(why) == 1 || r.Args["date"] == why[1])
	})
}

// expectNewest checks the newest event of the case.
func (s *telling) expectNewest(l service.StoryLine, v *CaseView) string {
	ev := v.Events[len(v.Events)-1]
	step := ""
	if ev.Step != nil {
		step = string(ev.Step.Name)
	}
	ok := false
	switch l.Verb {
	case "expect drawn", "expect opened", "expect performed":
		ok = string(ev.Kind) == strings.TrimPrefix(l.Verb, "expect ") && step == l.Args[0]
	case "expect granted":
		ok = ev.Kind == EventGranted && ev.Role != aiqyn.RoleSystem
	case "expect granted by silence":
		ok = ev.Kind == EventGranted && v.Conditions.BySilence
	case "expect granted by rule":
		ok = ev.Kind == EventGranted && ev.Role == aiqyn.RoleSystem && !v.Conditions.BySilence
	case "expect refused":
		ok = ev.Kind == EventRefused && ev.Reason == l.Args[0]
	case "expect hearing":
		ok = ev.Kind == EventNotified && ev.Reason == l.Args[0]
	case "expect escalated to":
		ok = ev.Kind == EventEscalated && step == l.Args[0] && ev.Args["to"] == l.Args[1]
	case "expect suspended":
		ok = ev.Kind == EventSuspended && ev.Reason == l.Args[0]
	case "expect lapsed":
		ok = ev.Kind == EventLapsed
	case "expect unpaid":
		ok = ev.Kind == EventUnpaid
	case "expect payment declined":
		ok = ev.Kind == EventDeclined
	case "expect refund due tenge because":
		ok = ev.Kind == EventRefundDue && tenge(ev.Args["amount"], l.Args[0]) && ev.Args["why"] == l.Args[1]
	case "expect refunded tenge":
		ok = ev.Kind == EventRefunded && tenge(ev.Args["amount"], l.Args[0])
	case "expect resumed", "expect withdrawn", "expect corrected", "expect used", "expect connected", "expect ended", "expect answered", "expect asked":
		ok = string(ev.Kind) == strings.TrimPrefix(l.Verb, "expect ")
	default:
		s.t.Fatalf("line %d: nobody can check %q", l.Line, l.Verb)
	}
	return not(ok, eventWords(&ev, step)+"; "+answerWords(s.err))
}

// keyOf is the catalogue key of an error that a person sees.
func keyOf(err error) string {
	if e, ok := asError(err); ok {
		return e.Key
	}
	return ""
}
