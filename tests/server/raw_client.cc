#include "tests/server/raw_client.h"

#include <grpcpp/create_channel.h>

#include "gtest/gtest.h"
#include "proto/convert.h"
#include "proto/limits.h"

namespace zerod {

RawClient::RawClient(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxRpcBytes);
  channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  cluster = v1::Cluster::NewStub(channel);
  jobs = v1::Jobs::NewStub(channel);
  trainers = v1::Trainers::NewStub(channel);
}

v1::CreateJobRequest SmallJobHeader(const std::string& name) {
  JobSpec spec;
  spec.name = name;
  spec.parameters = {{.name = "a", .shape = {4}, .dtype = DType::kFp32},
                     {.name = "b", .shape = {2}, .dtype = DType::kFp32}};
  v1::CreateJobRequest request;
  *request.mutable_header()->mutable_spec() = ToProto(spec);
  request.mutable_header()->set_token("secret");
  return request;
}

v1::CreateJobRequest ValuesOf(std::uint32_t parameter, std::uint64_t first, int count,
                              float value) {
  v1::CreateJobRequest request;
  v1::InitialValues& values = *request.mutable_values();
  values.set_parameter(parameter);
  values.set_first(first);
  values.set_dtype(v1::DTYPE_FP32);
  for (int i = 0; i < count; ++i) {
    values.mutable_values()->append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  return request;
}

absl::Status CreateJob(RawClient& client, const std::vector<v1::CreateJobRequest>& messages) {
  grpc::ClientContext context;
  v1::CreateJobResponse response;
  const auto writer = client.jobs->CreateJob(&context, &response);
  for (const v1::CreateJobRequest& message : messages) {
    if (!writer->Write(message)) break;
  }
  writer->WritesDone();
  return FromGrpcStatus(writer->Finish());
}

absl::Status CreateSmallJob(RawClient& client, const std::string& name) {
  return CreateJob(client, {SmallJobHeader(name), ValuesOf(0, 0, 4), ValuesOf(1, 0, 2)});
}

absl::Status DeleteJob(RawClient& client, const std::string& name, const std::string& token) {
  grpc::ClientContext context;
  v1::DeleteJobRequest request;
  request.set_job(name);
  request.set_token(token);
  v1::DeleteJobResponse response;
  return FromGrpcStatus(client.jobs->DeleteJob(&context, request, &response));
}

v1::NodeStatus StatusOfFirstNode(RawClient& client) {
  grpc::ClientContext context;
  v1::GetStatusResponse response;
  EXPECT_TRUE(client.cluster->GetStatus(&context, {}, &response).ok());
  return response.nodes_size() > 0 ? response.nodes(0) : v1::NodeStatus();
}

}  // namespace zerod
