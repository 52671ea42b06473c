// kmipclient and kmipcore (Percona) beside kmip-client: the driver for `compare`. Build it with ./build.
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>

#include "kmipclient/Kmip.hpp"
#include "kmipclient/kmipclient_version.hpp"
#include "kmipcore/kmip_protocol.hpp"
#include "kmipcore/serialization_buffer.hpp"

using Bytes = std::vector<uint8_t>;
using kmipcore::Element;

static Bytes read(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

template <typename Operation> static void timed(const std::string &times, Operation operation) {
  size_t count = 0;
  auto start = std::chrono::steady_clock::now();
  for (long i = std::stol(times); i > 0; i--) count = operation();
  std::chrono::nanoseconds took = std::chrono::steady_clock::now() - start;
  std::cout << "{\"ns\":" << took.count() << ",\"count\":" << count << "}" << std::endl;
}

static std::shared_ptr<Element> parse(const Bytes &message) {
  size_t offset = 0;
  return Element::deserialize(message, offset);
}

static size_t items(const Element &element) {
  size_t count = 1;
  if (auto structure = element.asStructure())
    for (const auto &item : structure->items) count += items(*item);
  return count;
}

template <typename Message> static size_t decode(const Bytes &message) {
  return Message::fromElement(parse(message)).getBatchItems().size();
}

static size_t decode_any(const Bytes &message) {
  bool is_request = message.size() > 2 && message[2] == 0x78;
  return is_request ? decode<kmipcore::RequestMessage>(message) : decode<kmipcore::ResponseMessage>(message);
}

template <typename Message> static void encode(const std::string &times, const Bytes &message, Bytes &encoded) {
  auto typed = Message::fromElement(parse(message));
  timed(times, [&] {
    kmipcore::SerializationBuffer buffer;
    typed.toElement()->serialize(buffer);
    encoded = buffer.release();
    return encoded.size();
  });
}

static void answer(const std::string &line) {
  static Bytes message, encoded;
  static std::unique_ptr<kmipclient::Kmip> kms;
  std::istringstream words(line);
  std::string command, first, port, folder;
  words >> command >> first;
  std::string path = line.substr(std::min(line.size(), command.size() + 1));
  if (command == "hello") {
    std::cout << R"({"protocol":1,"name":"kmipclient","version":")" KMIPCLIENT_VERSION_STR
                 R"(","does":["decode","encode","walk","connect"]})" << std::endl;
  } else if (command == "load") {
    message = read(path);
    std::cout << "{\"ok\":true}" << std::endl;
  } else if (command == "decode") {
    timed(first, [] { return decode_any(message); });
  } else if (command == "walk") {
    timed(first, [] { return items(*parse(message)); });
  } else if (command == "encode") {
    bool is_request = message.at(2) == 0x78;
    is_request ? encode<kmipcore::RequestMessage>(first, message, encoded) : encode<kmipcore::ResponseMessage>(first, message, encoded);
  } else if (command == "save") {
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<char *>(encoded.data()), encoded.size());
    std::cout << "{\"ok\":true}" << std::endl;
  } else if (command == "judge") {
    decode_any(read(path));
    std::cout << "{\"accepted\":true}" << std::endl;
  } else if (command == "connect") {
    words >> port >> folder;
    kms = std::make_unique<kmipclient::Kmip>(first.c_str(), port.c_str(), (folder + "/client.pem").c_str(), (folder + "/client.key").c_str(),
                                             (folder + "/ca.pem").c_str(), 5000);
    std::cout << "{\"ok\":true}" << std::endl;
  } else if (command == "get") {
    words >> port;
    timed(first, [&] { return kms->client().op_get_key(port)->value().size(); });
  } else {
    throw std::runtime_error("unknown command");
  }
}

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    try {
      answer(line);
    } catch (const std::exception &error) {
      std::string why(error.what());
      for (char &c : why)
        if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ') c = ' ';
      bool is_verdict = line.rfind("judge", 0) == 0;
      std::cout << (is_verdict ? "{\"accepted\":false,\"why\":\"" : "{\"error\":\"") << why << "\"}" << std::endl;
    }
  }
}
