package api

import (
	"cmp"
	"net/http"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
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
	URL    string              `json:"url" doc:"https, on the public internet."`
	Events casework.HookEvents `json:"events,omitempty" doc:"all, if left out; decisions: only what ends a case or wants an answer."`
}

type webhookJSON struct {
	URL    string              `json:"url" doc:"Empty: none."`
	Events casework.HookEvents `json:"events,omitempty" doc:"all or decisions."`
	Secret string              `json:"secret,omitempty" doc:"Signs what the program is told, as Standard Webhooks lays down."`
}

func webhook(v *visit.Visit) error {
	hook, err := v.Engine.Webhook(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, webhookJSON{URL: hook.URL, Events: hook.Events})
}

func setWebhook(v *visit.Visit) error {
	var in webhookIn
	if err := read(v, &in); err != nil {
		return err
	}
	if in.URL == "" {
		return aiqyn.E(aiqyn.Invalid, "error.webhook-address").On("url")
	}
	secret, err := v.Engine.SetWebhook(v.Context(), v.Actor(), casework.Hook{URL: in.URL, Events: in.Events})
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, webhookJSON{URL: in.URL, Events: cmp.Or(in.Events, casework.HookAll), Secret: secret})
}

func dropWebhook(v *visit.Visit) error {
	if _, err := v.Engine.SetWebhook(v.Context(), v.Actor(), casework.Hook{}); err != nil {
		return err
	}
	return send(v, http.StatusOK, webhookJSON{})
}
