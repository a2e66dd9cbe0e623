// Each signed message through the codec and back, by the name of its type, as codec.json asks for
// it. Native tests and the wasm driver of vectors share it.
#pragma once

#include <map>
#include <string>

#include "shopbell/codec.h"
#include "shopbell/wire.h"

namespace shopbell::testing {

// Decodes and encodes again; the form of a message is known by its type's name.
template <class T>
Errc recode(BytesView in, Bytes& out) {
  const Result<T> message = codec::decode<T>(in);
  if (message) out = codec::encode(*message);
  return message ? Errc::none : message.error();
}

using Recode = Errc (*)(BytesView, Bytes&);
inline const std::map<std::string, Recode> recoders = {
    {"AgentCertificate", recode<wire::AgentCertificate>},
    {"CheckpointBody", recode<wire::CheckpointBody>},
    {"DeskCertificate", recode<wire::DeskCertificate>},
    {"DeviceCard", recode<wire::DeviceCard>},
    {"Envelope", recode<wire::Envelope>},
    {"GrantBody", recode<wire::GrantBody>},
    {"GrantBox", recode<wire::GrantBox>},
    {"Header", recode<wire::Header>},
    {"HelloProof", recode<wire::HelloProof>},
    {"InnerBody", recode<wire::InnerBody>},
    {"LinkRequest", recode<wire::LinkRequest>},
    {"LogSignal", recode<wire::LogSignal>},
    {"Look", recode<wire::Look>},
    {"MarkBody", recode<wire::MarkBody>},
    {"MemberBody", recode<wire::MemberBody>},
    {"RelayEntry", recode<wire::RelayEntry>},
    {"SessionAccept", recode<wire::SessionAccept>},
    {"SessionData", recode<wire::SessionData>},
    {"SessionMessage", recode<wire::SessionMessage>},
    {"SessionOpen", recode<wire::SessionOpen>},
    {"ShopCard", recode<wire::ShopCard>},
    {"SignalContent", recode<wire::SignalContent>},
    {"Signed", recode<wire::Signed>},
    {"Text", recode<wire::Text>},
    {"WelcomeProof", recode<wire::WelcomeProof>},
};

}  // namespace shopbell::testing
