package api

import (
	"net/http"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/web/visit"
)

func webhookRoutes() []Route {
	return []Route{
		{"GET", "/webhook", access.ActionWebhook, webhook, Operation{Name: "getWebhook", Says: "Where a program is told of what happens to one's cases.", Gives: webhookJSON{}}},
		{"POST", "/webhook", access.ActionWebhook, setWebhook, Operation{Name: "setWebhook",
			Says: "Has a program told from now on, instead of the one before. The secret is shown this once.", Takes: webhookIn{}, Gives: webhookJSON{}}},
		{"DELETE", "/webhook", access.ActionWebhook, dropWebhook, Operation{Name: "dropWebhook", Says: "Has no program told any more.", Gives: webhookJSON{}}},
	}
}

type webhookIn struct {
	URL string `json:"url" doc:"https, on the public internet."`
}

type webhookJSON struct {
	URL    string `json:"url" doc:"Empty: none."`
	Secret string `json:"secret,omitempty" doc:"Signs what the program is told, as Standard Webhooks lays down."`
}

func webhook(v *visit.Visit) error {
	url, err := v.Engine.Webhook(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, webhookJSON{URL: url})
}

func setWebhook(v *visit.Visit) error {
	var in webhookIn
	if err := read(v, &in); err != nil {
		return err
	}
	if in.URL == "" {
		return aiqyn.E(aiqyn.Invalid, "error.webhook-address").On("url")
	}
	secret, err := v.Engine.SetWebhook(v.Context(), v.Actor(), in.URL)
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, webhookJSON{URL: in.URL, Secret: secret})
}

func dropWebhook(v *visit.Visit) error {
	if _, err := v.Engine.SetWebhook(v.Context(), v.Actor(), ""); err != nil {
		return err
	}
	return send(v, http.StatusOK, webhookJSON{})
}
