package casework

// timeline tells the events in order. Rulings and look-ups of people who only
// watch carry no values.
func (v *viewing) timeline() []EventView {
	var list []EventView
	for _, ev := range v.events {
		view := EventView{
			Index: ev.index, Seq: int(ev.seq), Kind: ev.kind, Step: findStep(v.svc, ev.step), At: ev.at, Occurred: ev.occurred,
			Role: ev.actor.Role, Known: ev.actor.Assurance, Agent: ev.actor.For != "", Officer: string(ev.actor.Officer), Outcome: ev.outcome, Reason: ev.reason,
			Args: v.args(ev), Proven: v.e.standing(ev.index),
		}
		if d, ok := ev.data.(*signed); ok {
			by := &d.Signer
			view.Signed = &SignedView{
				Level: d.Level, Algorithm: by.Algorithm, Issuer: by.Issuer, At: by.At, Stamped: by.Stamped, Status: by.Status, AsOf: by.AsOf,
			}
		}
		list = append(list, view)
	}
	return list
}

// args fills the holes of the event's sentence.
func (v *viewing) args(ev *event) map[string]any {
	args := map[string]any{}
	switch d := ev.data.(type) {
	case *opened:
		args["due"] = d.Due
	case *drawn:
		args["officer"], args["n"] = string(d.Officer), d.Eligible
	case *granted:
		args["kw"], args["silence"] = d.Amount/1000, d.BySilence
	case *notified:
		args["object-by"], args["refuse-from"] = d.ObjectBy, d.RefuseFrom
	case *escalated:
		args["to"], args["why"], args["due"] = string(d.To), d.Why, d.Due
	case *resumed:
		args["due"] = d.Due
	case *rescheduled:
		args["due"], args["was"] = d.Due, d.Was
	case *corrected:
		args["field"], args["ground"], args["entry"] = d.Field, d.Ground, d.Entry
	case *correctionAsked:
		args["due"] = d.Due
	case *correctionDeclined:
		args["ground"] = d.Ground
	case *annulled:
		args["ground"] = d.Ground
	case *held:
		args["until"], args["ground"], args["due"] = d.Until, d.Ground, d.Due
	case *appealed:
		args["body"] = string(d.Body)
	case *appealDecided:
		args["outcome"], args["ground"] = string(d.Outcome), d.Ground
	case *importedCase:
		args["source"], args["number"], args["filed"], args["decided"], args["outcome"] = d.Source, d.Number, d.Filed, d.Decided, string(d.Outcome)
	case *sentOn:
		args["log"], args["due"] = v.logTitle(d.To), d.By
	case *arrived:
		args["log"], args["declined"] = v.logTitle(v.rec.state.Sent.To), d.Declined
	case *takenOn:
		args["log"] = v.logTitle(d.To)
	case *factRead:
		args["body"] = string(d.Body)
	default:
		payArgs(ev, args)
	}
	if ev.reason != "" {
		if r, ok := v.svc.Reason(ev.reason); ok {
			args["reason"] = r.Text
		} else if r, ok := v.svc.SuspendReason(ev.reason); ok {
			args["reason"] = r.Text
		}
	}
	return args
}
