package account

import (
	"net/http"
	"net/url"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// passkeyPage has the device make a key.
type passkeyPage struct {
	ui.Layout
	Action, Command string
	Name            *ui.Input
	Passkey         ui.Passkey
}

// NewPasskey asks for the name of a passkey and has the device make it. What opens
// an account is changed by who has just proved to be its owner.
func NewPasskey(v *visit.Visit) error {
	if !v.Who.Fresh(v.Now()) {
		return v.Redirect(v.Href("confirm") + "?" + url.Values{"next": {v.R.URL.Path}}.Encode())
	}
	return showNewPasskey(v, http.StatusOK, device(v, v.R.UserAgent()), nil)
}

func showNewPasskey(v *visit.Visit, status int, name string, faults []ui.FieldError) error {
	asked, err := v.Engine.AskNewPasskey(v.Context(), v.Token())
	if err != nil {
		return err
	}
	page := &passkeyPage{Layout: v.Layout("web.passkey.new"), Action: v.Href("account", "passkeys"), Command: v.NewCommand()}
	page.Section, page.Back, page.Errors, page.Path = "account", v.Href("account"), faults, "account/passkeys/new"
	page.Name = &ui.Input{Name: "name", Label: v.T("web.passkey.name"), Hint: v.T("web.passkey.name-hint"), Value: name, Error: faultOf(faults, "name"), Width: "20"}
	page.Passkey = ui.Passkey{Kind: "create", Options: asked.Options, Ceremony: asked.Ceremony, Label: v.T("web.passkey.make")}
	return v.PageAs(status, "account/passkey", page)
}

// AddPasskey takes the key that the device has made.
func AddPasskey(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	name := v.Field("name")
	err = v.Engine.RegisterPasskey(v.Context(), v.Token(), id, v.R.PostFormValue("ceremony"), v.R.PostFormValue("answer"), name)
	if err == nil {
		return v.Go("account")
	}
	return v.Mend(err, func(fault string) error {
		f := ui.FieldError{Text: fault}
		if fieldOf(err) == "name" {
			f.Field = "name"
		}
		return showNewPasskey(v, http.StatusUnprocessableEntity, name, []ui.FieldError{f})
	})
}

// RemovePasskey takes one away.
func RemovePasskey(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	if err := v.Engine.DropPasskey(v.Context(), v.Token(), id, v.Field("passkey")); err != nil {
		return err
	}
	return v.Go("account")
}

type recordPage struct {
	ui.Layout
	List ui.List
}

// Record shows what was changed in the account, from the log.
func Record(v *visit.Visit) error {
	found, err := v.Engine.AccountActs(v.Context(), v.Actor(), casework.Page{After: v.Query("after")})
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"account", "record"})
	page := &recordPage{Layout: v.Layout("web.record.title")}
	page.Section, page.Crumbs = "account", []ui.Crumb{{Href: v.Href("account"), Text: v.T("web.account.title")}}
	page.List = ui.List{
		Caption: v.T("web.record.title"), Total: listing.Total(len(found.Items), found.Next), Pager: listing.Pager(found.Next), Empty: ui.Empty{Text: v.T("web.record.none")},
		Columns: []ui.Column{{Title: v.T("web.record.what"), Head: true}, {Title: v.T("web.record.how")}, {Title: v.T("web.record.when"), Number: true}},
	}
	for _, a := range found.Items {
		known := v.T("role." + string(aiqyn.RoleSystem)) // what has ended by itself
		if a.Known != "" {
			known = v.T("web.known." + string(a.Known))
		}
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: v.T("event." + string(a.Kind)), Note: a.Name}, {Text: known},
			{Text: locale.DateTime(v.Lang, a.At), Href: v.Href("ledger", a.Index)},
		}})
	}
	return v.Page("account/record", page)
}
