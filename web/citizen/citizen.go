// Package citizen holds the pages of somebody who applies: signing in, one
// question a page, what was filed and how it goes on, and the proof of it.
package citizen

import (
	"embed"
	"errors"
	"net/http"
	"strings"

	"aiqyn"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

//go:embed *.html
var Files embed.FS

// askPage asks one thing.
type askPage struct {
	ui.Layout
	Question ui.Question
	Resend   string // address of the form that sends a code again
	Phone    string
}

// SignIn asks for the phone number.
func SignIn(v *visit.Visit) error { return v.Page("citizen/ask", phonePage(v, "", "")) }

func phonePage(v *visit.Visit, phone, fault string) *askPage {
	page := &askPage{Layout: v.Layout("web.sign-in.title")}
	page.Section, page.LangForm = "sign-in", "question"
	page.Question = ui.Question{
		Action: v.Href("sign-in"), Button: v.T("web.sign-in.send"),
		Field: ui.Field{Input: &ui.Input{
			Name: "phone", Label: v.T("web.sign-in.phone"), Hint: v.T("web.sign-in.phone-hint"), Value: phone, Error: fault,
			Type: "tel", Mode: "tel", Autocomplete: "tel", Width: "20", Heading: true, Plain: true,
		}},
		Hidden: []ui.Hidden{{Name: "next", Value: v.Next("")}},
	}
	if fault != "" {
		page.Errors = []ui.FieldError{{Field: "phone", Text: fault}}
	}
	return page
}

// SendCode sends a one-time code to the phone.
func SendCode(v *visit.Visit) error {
	if href, ok := v.Switched(); ok {
		return v.Redirect(href)
	}
	phone := Phone(v.Field("phone"))
	if phone == "" {
		return v.PageAs(http.StatusUnprocessableEntity, "citizen/ask", phonePage(v, v.Field("phone"), v.T("web.sign-in.phone-wrong")))
	}
	if err := v.Engine.SendCode(v.Context(), phone, v.Lang); err != nil {
		return onPage(err, func(fault string) error {
			return v.PageAs(http.StatusUnprocessableEntity, "citizen/ask", phonePage(v, phone, fault))
		}, v)
	}
	v.RememberPhone(phone)
	href := v.Href("sign-in", "code")
	if next := v.Next(""); next != "" {
		href += "?next=" + escape(next)
	}
	return v.Redirect(href)
}

// Phone reads a number of Kazakhstan however it is typed, as +77010000000; it
// is empty if it is none.
func Phone(s string) string {
	var digits strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case !strings.ContainsRune(" +-()\u00a0", r):
			return ""
		}
	}
	d := digits.String()
	switch {
	case len(d) == 11 && (d[0] == '7' || d[0] == '8'):
		return "+7" + d[1:]
	case len(d) == 10 && d[0] == '7':
		return "+7" + d
	}
	return ""
}

// Code asks for the code that was sent.
func Code(v *visit.Visit) error {
	if v.Phone() == "" {
		return v.Go("sign-in")
	}
	return v.Page("citizen/ask", codePage(v, ""))
}

func codePage(v *visit.Visit, fault string) *askPage {
	page := &askPage{Layout: v.Layout("web.code.title"), Resend: v.Href("sign-in"), Phone: v.Phone()}
	page.Section, page.Back = "sign-in", v.Href("sign-in")
	page.Question = ui.Question{
		Action: v.Href("sign-in", "code"), Button: v.T("web.code.enter"),
		Field: ui.Field{Input: &ui.Input{
			Name: "code", Label: v.T("web.code.code"), Hint: v.T("web.code.hint", "phone", v.Phone()), Error: fault,
			Mode: "numeric", Autocomplete: "one-time-code", Width: "5", Heading: true, Plain: true,
		}},
		Hidden: []ui.Hidden{{Name: "next", Value: v.Next("")}},
	}
	if fault != "" {
		page.Errors = []ui.FieldError{{Field: "code", Text: fault}}
	}
	return page
}

// EnterCode opens a session and goes on to where the person wanted to go.
func EnterCode(v *visit.Visit) error {
	token, account, err := v.Engine.SignIn(v.Context(), v.Phone(), strings.ReplaceAll(v.Field("code"), " ", ""))
	if err != nil {
		return onPage(err, func(fault string) error {
			return v.PageAs(http.StatusUnprocessableEntity, "citizen/ask", codePage(v, fault))
		}, v)
	}
	v.StartSession(token)
	v.ForgetPhone()
	v.Who = account
	return v.Redirect(v.Next(v.Home()))
}

// SignOut ends the session.
func SignOut(v *visit.Visit) error {
	if token := v.Token(); token != "" {
		if err := v.Engine.SignOut(v.Context(), token); err != nil {
			return err
		}
	}
	v.EndSession()
	return v.Go("")
}

// onPage shows an error that the person can mend beside the field it is about;
// any other error is handed on.
func onPage(err error, show func(fault string) error, v *visit.Visit) error {
	var e *aiqyn.Error
	if errors.As(err, &e) && (e.Kind == aiqyn.Invalid || e.Kind == aiqyn.Unauthenticated || e.Kind == aiqyn.Conflict) {
		return show(v.Texts.Error(v.Lang, err))
	}
	return err
}
