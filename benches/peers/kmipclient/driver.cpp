// kmipclient and kmipcore (Percona) beside kmip-client: the driver for `compare`. Build it with ./build.
#include <chrono>
#include <iostream>
#include <memory>
#include <sstream>

#include "kmipclient/Kmip.hpp"
#include "kmipclient/kmipclient_version.hpp"
#include "kmipcore/kmip_protocol.hpp"
#include "kmipcore/serialization_buffer.hpp"

using kmipcore::Element;
static std::vector<uint8_t> message, encoded;
static std::unique_ptr<kmipclient::Kmip> kms;
static std::chrono::steady_clock::time_point start;

static std::shared_ptr<Element> parse() {
  size_t offset = 0;
  return Element::deserialize(message, offset);
}

static size_t items(const Element &element) {
  size_t count = 1;
  if (auto structure = element.asStructure())
    for (const auto &item : structure->items) count += items(*item);
  return count;
}

// Decodes the message `decodes` times, and each time encodes what it gave `encodes` times.
template <typename Message> static size_t convert(long decodes, long encodes) {
  size_t count = 0;
  for (; decodes > 0; decodes--) {
    auto typed = Message::fromElement(parse());
    count = typed.getBatchItems().size();
    if (encodes) start = std::chrono::steady_clock::now();
    for (long i = 0; i < encodes; i++) {
      kmipcore::SerializationBuffer buffer;
      typed.toElement()->serialize(buffer);
      encoded = buffer.release();
      count = encoded.size();
    }
  }
  return count;
}

// Returns the count of the last repetition.
static size_t carry_out(const std::string &line, const std::string &command, std::istringstream &words) {
  size_t count = 0;
  long times = 0;
  std::string host, port, folder;
  if (command == "message") {
    message.clear();
    for (size_t at = 8; at + 1 < line.size(); at += 2) message.push_back(std::stoi(line.substr(at, 2), nullptr, 16));
  } else if (command == "connect" && words >> host >> port >> folder) {
    kms = std::make_unique<kmipclient::Kmip>(host.c_str(), port.c_str(), (folder + "/client.pem").c_str(), (folder + "/client.key").c_str(),
                                             (folder + "/ca.pem").c_str(), 5000);
  } else if (words >> times; command == "decode" || command == "encode") {
    bool is_request = message.size() > 2 && message[2] == 0x78, encodes = command == "encode";
    auto converted = is_request ? convert<kmipcore::RequestMessage> : convert<kmipcore::ResponseMessage>;
    count = encodes ? converted(1, times) : converted(times, 0);
  } else if (command == "walk") {
    for (; times > 0; times--) count = items(*parse());
  } else if (std::string id; command == "get" && words >> id) {
    for (; times > 0; times--) count = kms->client().op_get_key(id)->value().size();
  } else {
    throw std::runtime_error("not offered");
  }
  return count;
}

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line, command; std::getline(std::cin, line);) {
    std::istringstream words(line);
    words >> command;
    try {
      if (command == "hello") {
        std::cout << R"({"protocol": 2, "name": "kmipclient", "version": ")" KMIPCLIENT_VERSION_STR "\"}" << std::endl;
      } else if (command == "bytes") {
        std::cout << "{\"hex\": \"" << std::hex;
        for (unsigned byte : encoded) std::cout << (byte >> 4) << (byte & 15);
        std::cout << std::dec << "\"}" << std::endl;
      } else {
        start = std::chrono::steady_clock::now();
        size_t count = carry_out(line, command, words);
        std::chrono::nanoseconds took = std::chrono::steady_clock::now() - start;
        std::cout << "{\"ns\": " << took.count() << ", \"count\": " << count << "}" << std::endl;
      }
    } catch (const std::exception &error) {
      std::string why(error.what());
      for (char &c : why)
        if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ') c = ' ';
      std::cout << "{\"error\": \"" << why << "\"}" << std::endl;
    }
  }
}
