package account

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Fields of the page of a second proof. What it carries for the act that waits
// never begins with a low line.
const (
	provingField = "_proving" // set on every form of that page
	sendField    = "_send"    // send me a code

	ceremonyField, answerField = "_ceremony", "_answer" // of a passkey
)

// provePage asks for a second proof and carries the form that waits for it.
type provePage struct {
	ui.Layout
	Action  string
	Carried []ui.Hidden
	Code    *ui.Input // where the code is typed, once it was sent
	Passkey *ui.Passkey
	Told    string // in the demonstration: what was sent
	Phone   bool   // a code can be sent
}

// Proven is a handler of what matters: it is reached only with a second proof
// not older than a few minutes. Without one, a page asks for it and sends the
// same form again with it: nothing that was typed is lost, and no script is
// needed. page, if there is one, is shown by the language switch of its form.
func Proven(act, page visit.Handler) visit.Handler {
	return func(v *visit.Visit) error {
		proving := v.R.PostFormValue(provingField) != ""
		if lang := aiqyn.Lang(v.R.PostFormValue("_lang")); slices.Contains(aiqyn.Langs, lang) {
			v.Lang = lang
			if proving || page == nil {
				return v.Page("account/prove", newProve(v, ""))
			}
			return page(v)
		}
		if proving && v.R.PostFormValue(sendField) != "" {
			return sendProof(v)
		}
		if v.Who.Fresh(v.Now()) {
			return act(v)
		}
		if how := given(v); proving && how != nil {
			if done, err := prove(v, how); !done {
				return err
			}
			return act(v)
		}
		page := newProve(v, "")
		if page.Passkey != nil && v.Proof() == "" { // a code is sent to who asks for one
			return v.PageAs(http.StatusUnauthorized, "account/prove", page)
		}
		return sendProof(v)
	}
}

// proof has the engine take a second proof.
type proof func(v *visit.Visit) (token string, s casework.Session, err error)

// given is the proof that the form brings, nil if none.
func given(v *visit.Visit) proof {
	switch {
	case v.R.PostFormValue(answerField) != "":
		return func(v *visit.Visit) (string, casework.Session, error) {
			return v.Engine.ProveByPasskey(v.Context(), v.Token(), v.R.PostFormValue(ceremonyField), v.R.PostFormValue(answerField))
		}
	case v.R.PostForm.Has("code"):
		return func(v *visit.Visit) (string, casework.Session, error) {
			return v.Engine.Prove(v.Context(), v.Token(), v.Proof(), codeOf(v))
		}
	}
	return nil
}

// prove takes the proof. It reports whether the act may go on.
func prove(v *visit.Visit, how proof) (bool, error) {
	token, session, err := how(v)
	if err != nil {
		return false, v.Mend(err, func(fault string) error {
			return v.PageAs(http.StatusUnprocessableEntity, "account/prove", newProve(v, fault))
		})
	}
	v.StartSession(token)
	v.ForgetProof()
	v.Who = session
	return true, nil
}

// sendProof sends a code to the number of whoever is signed in. One that was
// sent a moment ago is still good, and is asked for.
func sendProof(v *visit.Visit) error {
	if v.Who.Phone == "" {
		return v.PageAs(http.StatusUnauthorized, "account/prove", newProve(v, ""))
	}
	attempt, err := v.Engine.SendProof(v.Context(), v.Token(), v.Lang)
	switch {
	case err == nil:
		v.RememberProof(attempt)
	case aiqyn.KindOf(err) != aiqyn.TooMany || v.Proof() == "":
		return err
	}
	page := newProve(v, "")
	return v.PageAs(http.StatusUnauthorized, "account/prove", page)
}

func newProve(v *visit.Visit, fault string) *provePage {
	page := &provePage{
		Layout: v.Layout("web.prove.title"), Phone: v.Who.Phone != "",
		Action: "/" + string(v.Lang) + "/" + v.Layout("web.prove.title").Path,
	}
	page.LangForm = "prove"
	page.Query = nil
	if v.R.URL.RawQuery != "" { // what the button that was pressed says: to sign first
		page.Action += "?" + v.R.URL.RawQuery
	}
	for _, name := range sorted(v.R.PostForm) {
		if strings.HasPrefix(name, "_") || name == "code" {
			continue
		}
		for _, value := range v.R.PostForm[name] {
			page.Carried = append(page.Carried, ui.Hidden{Name: name, Value: value})
		}
	}
	if v.Proof() != "" {
		page.Code = codeInput(v, v.T("web.prove.hint", "phone", masked(v.Who.Phone)), "", false)
		page.Told = v.Told(v.Who.Phone)
	}
	if asked := v.PasskeyAsked(); asked.Options != "" {
		page.Passkey = &ui.Passkey{Kind: "get", Options: asked.Options, Ceremony: asked.Ceremony, Label: v.T("web.passkey.prove"), Prefix: "_", Second: page.Code != nil}
	}
	if fault != "" {
		page.Errors = []ui.FieldError{{Text: fault}}
		if page.Code != nil {
			page.Code.Error, page.Errors[0].Field = fault, "code"
		}
	}
	return page
}

func sorted(form url.Values) []string {
	var names []string
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// AskProof is the page by itself, for what cannot be carried: it leads back to
// where the person came from.
func AskProof(v *visit.Visit) error {
	if v.Who.Fresh(v.Now()) {
		return Confirmed(v)
	}
	page := newProve(v, "")
	page.Carried = []ui.Hidden{{Name: "next", Value: v.Next("")}}
	page.Action = v.Href("confirm")
	return v.Page("account/prove", page)
}

// Confirmed goes on to where the proof was wanted.
func Confirmed(v *visit.Visit) error { return v.Redirect(v.Next(v.Href("account"))) }
