// Package operator holds the pages of those who keep the service running: what
// could not be delivered, and what is done by itself. They show no person.
package operator

import (
	"embed"
	"net/http"
	"strconv"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

//go:embed *.html
var Files embed.FS

type deadLetter struct {
	ID, Command, What, When, Channel, Why, Tries string
}

type lettersPage struct {
	ui.Layout
	Letters []deadLetter
	Total   string
	Pager   ui.Pager
	Command string
	Empty   ui.Empty
}

// Letters lists what was given up, to be sent again.
func Letters(v *visit.Visit) error { return letters(v, http.StatusOK, nil) }

func letters(v *visit.Visit, status int, faults []ui.FieldError) error {
	list, err := v.Engine.DeadLetters(v.Context(), v.Actor(), casework.Page{After: v.Query("after")})
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"operate", "letters"})
	page := &lettersPage{
		Layout: v.Layout("web.dead.title"), Command: v.NewCommand(), Total: listing.Total(len(list.Items), list.Next),
		Pager: listing.Pager(list.Next), Empty: ui.Empty{Text: v.T("web.dead.none")},
	}
	page.Section, page.Errors = "operate", faults
	for _, m := range list.Items {
		page.Letters = append(page.Letters, deadLetter{
			ID: strconv.FormatInt(m.ID, 10), Command: v.NewCommand(), What: v.Texts.Text(v.Lang, m.Key, m.Args), When: locale.DateTime(v.Lang, m.Ended),
			Channel: v.T("notify.channel." + string(m.Channel)), Why: v.T("notify.failure." + m.Failure), Tries: strconv.Itoa(m.Tries),
		})
	}
	return v.PageAs(status, "operator/letters", page)
}

// Resend has the chosen letters tried once more.
func Resend(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	command := casework.Resend{ID: id, Actor: v.Actor()}
	for _, text := range v.R.PostForm["letters"] {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			continue
		}
		command.Letters = append(command.Letters, n)
	}
	if _, err := v.Engine.Do(v.Context(), command); err != nil {
		return v.Mend(err, func(fault string) error {
			return letters(v, http.StatusUnprocessableEntity, []ui.FieldError{{Field: "letters", Text: fault}})
		})
	}
	return v.Go("operate", "letters")
}
