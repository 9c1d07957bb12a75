package account

import (
	"net/http"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/notify"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// contactPage asks how a person wants to be told, and for the code that proves
// an address.
type contactPage struct {
	ui.Layout
	Action         string
	Channel, Langs ui.Radios
	Email          *ui.Input
	Carried        []ui.Hidden // with Code: what was chosen before
	Code           *ui.Input
	Told           string // in the demonstration: what was sent
}

// langNames write each language by its own name.
var langNames = map[aiqyn.Lang]string{aiqyn.Kazakh: "Қазақша", aiqyn.Russian: "Русский", aiqyn.English: "English"}

// Contact asks how the person wants to be told.
func Contact(v *visit.Visit) error {
	c, err := v.Engine.Contact(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	if c.Channel == "" {
		c.Channel = notify.SMS
	}
	if c.Lang == "" {
		c.Lang = v.Lang
	}
	return v.Page("account/contact", newContact(v, c, nil))
}

func newContact(v *visit.Visit, c casework.Contact, faults []ui.FieldError) *contactPage {
	page := &contactPage{Layout: v.Layout("web.contact.title"), Action: v.Href("account", "contact")}
	page.Section, page.Back, page.Errors, page.LangForm = "account", v.Href("account"), faults, "contact"
	page.Channel = ui.Radios{Name: "channel", Label: v.T("web.contact.channel"), Error: faultOf(faults, "channel")}
	for _, ch := range notify.Channels {
		page.Channel.Options = append(page.Channel.Options, ui.Option{
			Value: string(ch), Label: v.T("notify.channel." + string(ch)), Hint: v.T("web.contact.hint." + string(ch)), Checked: ch == c.Channel,
		})
	}
	page.Langs = ui.Radios{Name: "lang", Label: v.T("web.contact.lang"), Error: faultOf(faults, "lang")}
	for _, l := range aiqyn.Langs {
		page.Langs.Options = append(page.Langs.Options, ui.Option{Value: string(l), Label: langNames[l], Checked: l == c.Lang})
	}
	page.Email = &ui.Input{
		Name: "email", Label: v.T("web.contact.email"), Hint: v.T("web.contact.email-hint"), Value: c.Email, Error: faultOf(faults, "email"),
		Type: "email", Autocomplete: "email", Plain: true,
	}
	return page
}

func faultOf(faults []ui.FieldError, field string) string {
	for _, f := range faults {
		if f.Field == field {
			return f.Text
		}
	}
	return ""
}

// SetContact keeps what was chosen. An address that is new first gets a code.
func SetContact(v *visit.Visit) error {
	c := casework.Contact{Channel: notify.Channel(v.Field("channel")), Email: v.Field("email"), Lang: aiqyn.Lang(v.Field("lang"))}
	if lang := aiqyn.Lang(v.R.PostFormValue("_lang")); langNames[lang] != "" {
		v.Lang = lang
		return v.Page("account/contact", newContact(v, c, nil))
	}
	was, err := v.Engine.Contact(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	attempt := v.Field("attempt")
	if c.Channel == notify.Email && notify.Address(c.Email) != was.Email && attempt == "" {
		return sendEmailCode(v, c)
	}
	err = v.Engine.SetContact(v.Context(), v.Actor(), c, attempt, codeOf(v))
	if err == nil {
		return v.Go("account")
	}
	return v.Mend(err, func(fault string) error {
		if attempt != "" {
			return v.PageAs(http.StatusUnprocessableEntity, "account/contact", codeOfContact(v, c, attempt, fault))
		}
		return v.PageAs(http.StatusUnprocessableEntity, "account/contact", newContact(v, c, []ui.FieldError{{Field: fieldOf(err), Text: fault}}))
	})
}

// sendEmailCode sends a code to a new address and asks for it.
func sendEmailCode(v *visit.Visit, c casework.Contact) error {
	attempt, err := v.Engine.SendEmailCode(v.Context(), v.Who.Account, c.Email, v.Lang)
	if err != nil {
		return v.Mend(err, func(fault string) error {
			return v.PageAs(http.StatusUnprocessableEntity, "account/contact", newContact(v, c, []ui.FieldError{{Field: "email", Text: fault}}))
		})
	}
	return v.Page("account/contact", codeOfContact(v, c, attempt, ""))
}

func codeOfContact(v *visit.Visit, c casework.Contact, attempt, fault string) *contactPage {
	page := &contactPage{Layout: v.Layout("web.contact.title"), Action: v.Href("account", "contact"), Told: v.Told(v.Who.Phone)}
	page.Section, page.Back = "account", v.Href("account", "contact")
	page.Code = codeInput(v, v.T("web.contact.code-hint", "email", c.Email), fault, false)
	page.Carried = []ui.Hidden{
		{Name: "channel", Value: string(c.Channel)}, {Name: "email", Value: c.Email}, {Name: "lang", Value: string(c.Lang)}, {Name: "attempt", Value: attempt},
	}
	if fault != "" {
		page.Errors = []ui.FieldError{{Field: "code", Text: fault}}
	}
	return page
}

func fieldOf(err error) string {
	if e, ok := err.(*aiqyn.Error); ok && e.Field != "" {
		return e.Field
	}
	return "channel"
}

type lettersPage struct {
	ui.Layout
	List ui.List
}

// Letters lists what the person was told: when, by which way, and whether it
// reached them. A code is not shown again.
func Letters(v *visit.Visit) error {
	list, err := v.Engine.Letters(v.Context(), v.Actor(), casework.Page{After: v.Query("after")})
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"account", "messages"})
	page := &lettersPage{Layout: v.Layout("web.letters.title")}
	page.Section, page.Back = "account", v.Href("account")
	page.List = ui.List{
		Caption: v.T("web.letters.title"),
		Columns: []ui.Column{{Title: v.T("web.letters.what"), Head: true}, {Title: v.T("web.letters.when"), Number: true}, {Title: v.T("web.letters.how")}, {Title: v.T("web.letters.state")}},
		Total:   listing.Total(len(list.Items), list.Next), Pager: listing.Pager(list.Next), Empty: ui.Empty{Text: v.T("web.letters.none")},
	}
	for _, m := range list.Items {
		page.List.Rows = append(page.List.Rows, letterRow(v, m))
	}
	return v.Page("account/letters", page)
}

func letterRow(v *visit.Visit, m casework.Message) ui.Line {
	text := v.Texts.Text(v.Lang, m.Key, m.Args)
	if m.Secret() {
		text = v.T("web.letters.code")
	}
	what := ui.Cell{Text: text}
	if m.Ref != "" && v.May(access.ActionViewOwnCase) {
		what = ui.Cell{Text: text, Href: v.Href("cases", m.Ref)}
	}
	state := show.LetterState(v, m)
	how := ui.Cell{Text: v.T("web.letters.not-yet")}
	if m.Channel != "" {
		how.Text = v.T("notify.channel." + string(m.Channel))
	}
	return ui.Line{Cells: []ui.Cell{what, {Text: locale.DateTime(v.Lang, m.At)}, how, {Tag: &state}}}
}
