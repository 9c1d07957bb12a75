// Package account holds the pages of who somebody is: signing in, proving it
// again before what matters, and what belongs to the account itself.
package account

import (
	"cmp"
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

//go:embed *.html
var Files embed.FS

// enterPage asks for a number or a code.
type enterPage struct {
	ui.Layout
	Question ui.Question
	Resend   string // address of the form that sends a code again
	Phone    string
	Told     string // in the demonstration: what was sent
	Passkey  *passkeyForm
	Provider string // address that leads to the identity provider, if there is one
}

// passkeyForm is the other way in.
type passkeyForm struct {
	Action, Next string
	ui.Passkey
}

// SignIn asks for the phone number.
func SignIn(v *visit.Visit) error { return showPhone(v, http.StatusOK, phonePage(v, "", "")) }

// showPhone shows the page with the other way in, where there is one.
func showPhone(v *visit.Visit, status int, page *enterPage) error {
	if v.Engine.HasOIDC() {
		page.Provider = v.Href("sign-in", "oidc") + "?" + url.Values{"next": {v.Next("")}}.Encode()
	}
	if v.Engine.HasPasskeys() {
		asked, err := v.Engine.AskPasskey()
		if err != nil {
			return err
		}
		page.Passkey = &passkeyForm{Action: v.Href("sign-in", "passkey"), Next: v.Next(""),
			Passkey: ui.Passkey{Kind: "get", Options: asked.Options, Ceremony: asked.Ceremony, Label: v.T("web.passkey.sign-in"), Second: true}}
	}
	return v.PageAs(status, "account/enter", page)
}

func phonePage(v *visit.Visit, phone, fault string) *enterPage {
	page := &enterPage{Layout: v.Layout("web.sign-in.title")}
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
		return showPhone(v, http.StatusUnprocessableEntity, phonePage(v, v.Field("phone"), v.T("web.sign-in.phone-wrong")))
	}
	attempt, err := v.Engine.SendCode(v.Context(), phone, v.Lang)
	if err != nil {
		return v.Mend(err, func(fault string) error {
			return showPhone(v, http.StatusUnprocessableEntity, phonePage(v, phone, fault))
		})
	}
	v.RememberAttempt(attempt, phone)
	href := v.Href("sign-in", "code")
	if next := v.Next(""); next != "" {
		href += "?" + url.Values{"next": {next}}.Encode()
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
	if _, phone := v.Attempt(); phone == "" {
		return v.Go("sign-in")
	}
	return v.Page("account/enter", codePage(v, ""))
}

func codePage(v *visit.Visit, fault string) *enterPage {
	_, phone := v.Attempt()
	page := &enterPage{Layout: v.Layout("web.code.title"), Resend: v.Href("sign-in"), Phone: phone, Told: v.Told(phone)}
	page.Section, page.Back = "sign-in", v.Href("sign-in")
	page.Question = ui.Question{
		Action: v.Href("sign-in", "code"), Button: v.T("web.code.enter"),
		Field:  ui.Field{Input: codeInput(v, v.T("web.code.hint", "phone", phone), fault, true)},
		Hidden: []ui.Hidden{{Name: "next", Value: v.Next("")}},
	}
	if fault != "" {
		page.Errors = []ui.FieldError{{Field: "code", Text: fault}}
	}
	return page
}

// codeInput is where a code of a message is typed; a phone offers it by itself.
func codeInput(v *visit.Visit, hint, fault string, heading bool) *ui.Input {
	return &ui.Input{
		Name: "code", Label: v.T("web.code.code"), Hint: hint, Error: fault,
		Mode: "numeric", Autocomplete: "one-time-code", Width: "5", Heading: heading, Plain: true,
	}
}

// codeOf is the code as it was typed.
func codeOf(v *visit.Visit) string { return strings.ReplaceAll(v.Field("code"), " ", "") }

// EnterCode opens a session and goes on to where the person wanted to go.
func EnterCode(v *visit.Visit) error {
	attempt, phone := v.Attempt()
	if phone == "" {
		return v.Go("sign-in")
	}
	token, session, err := v.Engine.SignIn(v.Context(), attempt, phone, codeOf(v), v.Client())
	if err != nil {
		return v.Mend(err, func(fault string) error {
			return v.PageAs(http.StatusUnprocessableEntity, "account/enter", codePage(v, fault))
		})
	}
	v.ForgetAttempt()
	return begin(v, token, session)
}

// begin gives the browser its session and goes on to where the person wanted.
func begin(v *visit.Visit, token string, session casework.Session) error {
	v.StartSession(token)
	v.Who = session
	return v.Redirect(v.Next(v.Home()))
}

// EnterByPasskey opens a session for whoever's device has answered.
func EnterByPasskey(v *visit.Visit) error {
	token, session, err := v.Engine.SignInByPasskey(v.Context(), v.Field("ceremony"), v.Field("answer"), v.Client())
	if err == nil {
		return begin(v, token, session)
	}
	return notIn(v, err)
}

// notIn says on the page of signing in why somebody is not.
func notIn(v *visit.Visit, err error) error {
	return v.Mend(err, func(fault string) error {
		page := phonePage(v, "", "")
		page.Path, page.Query, page.LangForm, page.Errors = "sign-in", nil, "", []ui.FieldError{{Text: fault}}
		return showPhone(v, http.StatusUnprocessableEntity, page)
	})
}

// GoToProvider sends somebody to the identity provider.
func GoToProvider(v *visit.Visit) error {
	address, remember, err := v.Engine.BeginOIDC()
	if err != nil {
		return err
	}
	v.RememberVouching(remember)
	return v.Redirect(address)
}

// Vouched takes in whoever comes back from there.
func Vouched(v *visit.Visit) error {
	remembered, lang, next := v.Vouching()
	if slices.Contains(aiqyn.Langs, lang) {
		v.Lang = lang
	}
	token, session, err := v.Engine.SignInByOIDC(v.Context(), remembered, v.R.URL.Query(), v.Client())
	if err != nil {
		return notIn(v, err)
	}
	v.StartSession(token)
	v.Who = session
	return v.Redirect(cmp.Or(next, v.Home()))
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
