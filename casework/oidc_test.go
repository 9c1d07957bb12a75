package casework

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/oidc"
	"aiqyn/oidc/practice"
)

// vouchRig is a rig whose people a provider in another process vouches for.
func vouchRig(t *testing.T) *rig {
	t.Helper()
	issuer := practice.Start(t, "iin")
	config := oidc.Config{Issuer: issuer, Client: "aiqyn", Redirect: "http://localhost/oidc/callback", Claim: "iin"}
	return newRig(t, func(c *Config) { c.Identity = oidc.New(config, time.Now) })
}

// come goes to the provider as somebody's browser would and comes back.
func (r *rig) come(person aiqyn.PersonID, fault string) (remember string, answer url.Values) {
	r.t.Helper()
	address, remember, err := r.BeginOIDC()
	if err != nil {
		r.t.Fatal(err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(address + "&" + url.Values{"person": {string(person)}, "fault": {fault}}.Encode())
	if err != nil {
		r.t.Fatal(err)
	}
	res.Body.Close()
	back, err := res.Location()
	if err != nil {
		r.t.Fatal(err)
	}
	return remember, back.Query()
}

// TestAPersonIsVouchedFor: who was never here gets an account from the register, and
// comes back to the same one; how they were known stands in their session.
func TestAPersonIsVouchedFor(t *testing.T) {
	r := vouchRig(t)
	remember, answer := r.come(holder, "")
	_, first, err := r.SignInByOIDC(t.Context(), remember, answer, Client{})
	if err != nil || first.Actor.Person != holder || first.Actor.Assurance != aiqyn.ByOIDC || first.Fresh(r.clock()) || first.Name == "" {
		t.Fatalf("%+v, %v", first, err)
	}
	remember, answer = r.come(holder, "")
	token, again, err := r.SignInByOIDC(t.Context(), remember, answer, Client{})
	if err != nil || again.Account.ID != first.Account.ID {
		t.Fatalf("%+v, %v", again, err)
	}
	if next := r.prove(token); next == token {
		t.Error("the number of the register gives no second proof")
	}
}

// TestNobodyIsVouchedFor: whatever is amiss, and whoever the register does not know,
// is answered alike.
func TestNobodyIsVouchedFor(t *testing.T) {
	r := vouchRig(t)
	ctx := t.Context()
	try := func(name, remember string, answer url.Values) {
		t.Helper()
		token, _, err := r.SignInByOIDC(ctx, remember, answer, Client{})
		if token != "" {
			t.Errorf("%s lets somebody in", name)
		}
		r.refused(err, "error.oidc-refused")
	}
	for _, fault := range []string{
		practice.OtherIssuer, practice.OtherAudience, practice.OtherNonce, practice.OtherKey, practice.Expired, practice.Nobody, practice.Unsigned,
	} {
		remember, answer := r.come(holder, fault)
		try(fault, remember, answer)
	}
	for _, unknown := range []aiqyn.PersonID{"900101300017", "123", "900101300018"} {
		remember, answer := r.come(unknown, "")
		try("an IIN that nobody here has: "+string(unknown), remember, answer)
	}
	remember, answer := r.come(holder, "")
	other, _ := r.come(holder, "")
	try("another browser", other, answer)
	if _, _, err := r.SignInByOIDC(ctx, remember, answer, Client{}); err != nil {
		t.Fatal(err)
	}
	try("the same answer again", remember, answer)
	remember, answer = r.come(holder, "")
	r.pass(ceremonyLife)
	try("too late", remember, answer)
	try("what no browser was given", "x", answer)
}

// TestSomebodysNumberStaysTheirs: who is vouched for does not take the number away
// that another signs in by, though the register gives it to both.
func TestSomebodysNumberStaysTheirs(t *testing.T) {
	r := vouchRig(t)
	a := Account{Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Name: "Б", Phone: phone, Lang: "ru"}
	if err := r.PutAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	remember, answer := r.come(holder, "")
	_, s, err := r.SignInByOIDC(t.Context(), remember, answer, Client{})
	if err != nil || s.Phone != phone {
		t.Fatalf("%+v, %v", s, err)
	}
	owner, _, known, err := r.accountByPhone(t.Context(), phone)
	if err != nil || !known || owner.Actor.Person != stranger {
		t.Errorf("the number is now %+v's, %v", owner, err)
	}
}
