package web

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/casework"
)

// The fake's passkeys: one on a telephone, whose device answers "signed".

func (f *fake) HasPasskeys() bool { return true }

func asksFor(kind string) (casework.PasskeyAsked, error) {
	return casework.PasskeyAsked{Options: `{"challenge":"AAAA","rpId":"localhost"}`, Ceremony: kind}, nil
}

func (f *fake) AskPasskey() (casework.PasskeyAsked, error) { return asksFor("sign-in") }

func (f *fake) SignInByPasskey(_ context.Context, ceremony, answer string, _ casework.Client) (string, casework.Session, error) {
	if ceremony != "sign-in" || answer != "signed" {
		return "", casework.Session{}, aiqyn.E(aiqyn.Invalid, "error.passkey-refused").On("passkey")
	}
	s, _ := session("applicant")
	return "applicant", s, nil
}

func (f *fake) Passkeys(context.Context, string) ([]casework.PasskeyView, error) {
	return []casework.PasskeyView{{Handle: "aa", Name: "Менің телефоным", Made: now.Add(-time.Hour), Used: now}, {Handle: "bb", Name: "Ноутбук", Made: now}}, f.down
}

func (f *fake) AskNewPasskey(context.Context, string) (casework.PasskeyAsked, error) {
	return asksFor("register")
}

func (f *fake) RegisterPasskey(_ context.Context, _ string, _ aiqyn.CommandID, ceremony, answer, name string) error {
	switch {
	case ceremony != "register" || answer != "made":
		return aiqyn.E(aiqyn.Invalid, "error.passkey-refused").On("passkey")
	case name == "":
		return aiqyn.E(aiqyn.Invalid, "error.passkey-name", "n", 60).On("name")
	}
	f.note("passkey " + name)
	return nil
}

func (f *fake) DropPasskey(_ context.Context, token string, _ aiqyn.CommandID, handle string) error {
	if strings.HasSuffix(token, "-unproven") { // the proof has put another in its place
		return aiqyn.E(aiqyn.Unauthenticated, "error.unauthenticated")
	}
	f.note("drop " + handle)
	return nil
}

// note remembers what was asked for.
func (f *fake) note(what any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, what)
}

func (f *fake) AskPasskeyProof(_ context.Context, token string) (casework.PasskeyAsked, error) {
	if strings.HasSuffix(token, "-keyed-unproven") { // who has one
		return asksFor("prove")
	}
	return casework.PasskeyAsked{}, nil
}

func (f *fake) ProveByPasskey(_ context.Context, token, ceremony, answer string) (string, casework.Session, error) {
	if ceremony != "prove" || answer != "signed" {
		return "", casework.Session{}, aiqyn.E(aiqyn.Invalid, "error.passkey-refused").On("passkey")
	}
	return f.Prove(context.Background(), token, "proof", "123456")
}

func (f *fake) AccountActs(context.Context, aiqyn.Actor, casework.Page) (casework.List[casework.AccountActView], error) {
	return casework.List[casework.AccountActView]{Next: "4", Items: []casework.AccountActView{
		{Index: 6, Kind: casework.EventMandateExpired, At: now, Name: "••••••••0025"},
		{Index: 5, Kind: casework.EventPasskeyRemoved, At: now, Known: aiqyn.ByPasskey, Name: "Ескі телефон"},
		{Index: 4, Kind: casework.EventPasskeyAdded, At: now.Add(-time.Hour), Known: aiqyn.ByCode, Name: "Менің телефоным"},
	}}, f.down
}

// The fake's identity provider vouches for the applicant with the code "vouched".

func (f *fake) HasOIDC() bool { return true }

func (f *fake) BeginOIDC() (address, remember string, err error) {
	return cmp.Or(f.provider, "https://id.example.kz/authorize?state=s"), "remembered", f.down
}

func (f *fake) SignInByOIDC(_ context.Context, remembered string, answer url.Values, _ casework.Client) (string, casework.Session, error) {
	if remembered != "remembered" || answer.Get("code") != "vouched" {
		return "", casework.Session{}, aiqyn.E(aiqyn.Invalid, "error.oidc-refused")
	}
	s, _ := session("applicant")
	return "applicant", s, nil
}
