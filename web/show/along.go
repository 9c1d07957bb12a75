package show

import (
	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Along lists what an application has brought along, as it stands; nil where it has
// brought nothing. Those who may open the other cases find them below.
func Along(v *visit.Visit, c *casework.CaseView, below string) *ui.List {
	if len(c.Along) == 0 {
		return nil
	}
	list := &ui.List{Caption: v.T("web.along.title"), Columns: []ui.Column{
		{Title: v.T("web.along.what"), Head: true}, {Title: v.T("web.along.state")}, {Title: v.T("web.along.due")}, {Title: v.T("web.along.case")},
	}}
	for _, a := range c.Along {
		state := ui.Cell{Tag: &ui.Tag{Text: v.T("web.along.open"), Kind: "todo"}, Note: v.In(a.Step)}
		if a.Outcome != "" {
			state = ui.Cell{Tag: outcomeTag(v, a.Outcome)}
		}
		if a.Asked && a.Outcome != "" {
			state = ui.Cell{Tag: answerTag(v, a.Outcome)}
		}
		if a.Attached {
			state.Note = v.T("web.along.attached", "entry", a.Grant)
		}
		due := ui.Cell{}
		if !a.Due.IsZero() {
			due.Text = locale.DateTime(v.Lang, a.Due)
		}
		ref := ui.Cell{Text: string(a.Ref)}
		if below != "" && !a.Asked {
			ref.Href = v.Href(below, a.Ref)
		}
		if a.Asked {
			ref.Text = v.T("web.along.theirs")
		}
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{{Text: v.In(a.Service)}, state, due, ref}})
	}
	return list
}

func outcomeTag(v *visit.Visit, o aiqyn.Outcome) *ui.Tag {
	tag := &ui.Tag{Text: v.T("outcome." + string(o))}
	if o == aiqyn.Granted {
		tag.Kind = "good"
	}
	return tag
}

// BroughtBy links to the application that has brought a case along; nil if it was
// filed by itself.
func BroughtBy(v *visit.Visit, c *casework.CaseView, below string) *ui.Link {
	if c.BroughtBy == "" {
		return nil
	}
	link := &ui.Link{Text: string(c.BroughtBy)}
	if below != "" {
		link.Href = v.Href(below, c.BroughtBy)
	}
	return link
}
