package show

import (
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// OtherSide shows where a case was sent on to, or has come from: the other log's number
// of it, and its proof. Nil if it is of one log. The proof is below, "" for who is not
// given it.
func OtherSide(v *visit.Visit, c *casework.CaseView, below string) *ui.OtherSide {
	switch {
	case c.Sent != nil:
		return sentOn(v, c, below)
	case c.Came != nil:
		return cameOver(v, c, below)
	}
	return nil
}

func sentOn(v *visit.Visit, c *casework.CaseView, below string) *ui.OtherSide {
	d := c.Sent
	log := v.In(d.Log)
	p := &ui.OtherSide{Kind: "plain", Title: v.T("web.otherlog.sent", "log", log), Texts: []string{v.T("web.otherlog.sent-text", "log", log)}, Law: Law(v, d.Law)}
	at := func(t time.Time) string { return locale.DateTime(v.Lang, t) }
	switch {
	case d.Declined != "":
		p.Kind = "bad"
		p.Texts = append(p.Texts, v.T("web.otherlog.declined", "log", log), v.T("web.otherlog.why."+d.Declined))
		p.Rows = append(p.Rows, ui.Row{Key: v.T("web.otherlog.answered"), Value: at(d.Arrived)})
	case d.Ref != "":
		p.Kind = "good"
		p.Rows = append(p.Rows, ui.Row{Key: v.T("web.otherlog.ref-there"), Value: string(d.Ref)}, ui.Row{Key: v.T("web.otherlog.answered"), Value: at(d.Arrived)})
	case d.Late:
		p.Kind = "warn"
		p.Texts = append(p.Texts, v.T("web.otherlog.late", "log", log, "date", d.By))
	default:
		p.Texts = append(p.Texts, v.T("web.otherlog.waits", "log", log, "date", d.By))
	}
	p.There, p.Proof = otherLinks(v, c, below, d.Site, d.Ref, log, d.Proof)
	return p
}

func cameOver(v *visit.Visit, c *casework.CaseView, below string) *ui.OtherSide {
	d := c.Came
	log := v.In(d.Log)
	p := &ui.OtherSide{
		Kind: "plain", Title: v.T("web.otherlog.came", "log", log), Texts: []string{v.T("web.otherlog.came-text"), v.T("web.otherlog.since." + d.Since)},
		Rows: []ui.Row{
			{Key: v.T("web.otherlog.filed"), Value: locale.DateTime(v.Lang, d.Filed)}, {Key: v.T("web.otherlog.arrived"), Value: locale.DateTime(v.Lang, d.Arrived)},
			{Key: v.T("web.otherlog.ref-there"), Value: string(d.Ref)},
		},
		Law: Law(v, d.Law),
	}
	p.There, p.Proof = otherLinks(v, c, below, d.Site, d.Ref, log, true)
	return p
}

// otherLinks lead to the case where it is, and to the proof.
func otherLinks(v *visit.Visit, c *casework.CaseView, below, site string, ref aiqyn.Reference, log string, proof bool) (there, file *ui.Link) {
	if below == "" {
		return nil, nil
	}
	if site != "" && ref != "" {
		there = &ui.Link{Href: site + "/" + string(v.Lang) + "/cases/" + string(ref), Text: v.T("web.otherlog.open", "log", log)}
	}
	if proof {
		file = &ui.Link{Href: v.Href(below, c.Ref, "other", "file"), Text: v.T("web.otherlog.proof", "log", log)}
	}
	return there, file
}
