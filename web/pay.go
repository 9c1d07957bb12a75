package web

import (
	"io"
	"net/http"

	"aiqyn"
	"aiqyn/pay"
	"aiqyn/web/api"
	"aiqyn/webhook"
)

// noticed takes what the payment provider tells. It is answered with a status and
// nothing else; whatever is not of the two hundreds, it sends again.
func (s *Server) noticed(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, pay.MaxBody))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	notice := pay.Signed{
		Body: body, ID: r.Header.Get(webhook.HeaderID), Timestamp: r.Header.Get(webhook.HeaderTimestamp), Signature: r.Header.Get(webhook.HeaderSignature),
	}
	if err := s.site.Engine.SettlePayment(r.Context(), notice); err != nil {
		s.site.Log.Warn("notice of a payment", "id", idOf(r), "kind", aiqyn.KindOf(err))
		w.WriteHeader(api.Statuses[aiqyn.KindOf(err)])
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
