package casework

import "aiqyn"

// repeat answers a command that was carried out before as it was answered
// then: an attempt that was refused and recorded is refused again.
func (e *Engine) repeat(cmd command, rec *record, sp span) reply {
	s := rec.state
	r := reply{result: Result{Case: caseID(s.No), Ref: s.Ref, First: sp.First, Last: sp.Last, Again: true}}
	switch sp.Attempt {
	case EventRefusalRejected:
		svc, err := e.packs.service(s.Pack, s.Service)
		if err != nil {
			return reply{err: err}
		}
		reason, _ := svc.Reason(sp.Reason)
		r.err = notTrue(reason)
	case EventReadRefused:
		r.err = aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	default:
		if read, ok := cmd.(*readFact); ok {
			r.result.Fact, r.err = read.fact(e, s)
		}
	}
	return r
}
